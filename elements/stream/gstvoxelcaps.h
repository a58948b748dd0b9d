/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "voxel-prelude.h"

G_BEGIN_DECLS

#define GST_VOXEL_SIZES \
  ", width = (int) [ 1, max ], height = (int) [ 1, max ], framerate = (fraction) [ 0/1, max ]"

/* Images and masks of either depth; what the pixels mean is said by the slice meta's content. */
#define GST_VOXEL_CAPS_GRAY "video/x-raw, format = (string) { GRAY16_LE, GRAY8 }" GST_VOXEL_SIZES
/* Scores: logits between network and stitch, probabilities behind it. */
#define GST_VOXEL_CAPS_SCORE "video/x-raw, format = (string) GRAY16_LE" GST_VOXEL_SIZES
/* Masks: 0 or 255. */
#define GST_VOXEL_CAPS_MASK "video/x-raw, format = (string) GRAY8" GST_VOXEL_SIZES

/**
 * GST_VOXEL_LOGIT_ZERO:
 *
 * The code of logit 0 (probability .5) in a GRAY16_LE buffer of logits: mid-grey.
 */
#define GST_VOXEL_LOGIT_ZERO 32768
/**
 * GST_VOXEL_LOGIT_SCALE:
 *
 * Codes a unit of logit: code = 32768 + 2048 logit, clamped to 0..65535, so logits reach +-16.
 */
#define GST_VOXEL_LOGIT_SCALE 2048

#define GST_VOXEL_PROBABILITY_ONE 65535
#define GST_VOXEL_MASK_SET 255

GST_VOXEL_API guint16 gst_voxel_logit_encode (gfloat logit);
GST_VOXEL_API gfloat gst_voxel_logit_decode (guint16 code);
GST_VOXEL_API guint16 gst_voxel_logit_from_probability (gdouble probability);
GST_VOXEL_API guint16 gst_voxel_probability_encode (gdouble probability);
GST_VOXEL_API const guint16 *gst_voxel_logit_probability_table (void);

G_END_DECLS
