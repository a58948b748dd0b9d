/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

#include "elements/stream/voxel.h"

G_BEGIN_DECLS

/* Labels are set from here on, in 8 bits, as the origin reads them. */
#define GST_VOXEL_MASK_LABEL_THRESHOLD 127

guint gst_voxel_mask_lowest_code (GstVoxelContent content, const GstVideoInfo *info, gdouble threshold,
                                  guint label_threshold);
void gst_voxel_mask_pack_row (const GstVideoFrame *frame, guint row, guint lowest, guint64 *bits);

G_END_DECLS
