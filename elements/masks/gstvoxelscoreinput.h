/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

#include "elements/masks/mask-pairing.h"
#include "elements/stream/voxel.h"

G_BEGIN_DECLS

/**
 * GstVoxelScoreInput:
 * @pad: where it comes in
 * @side: which side it is
 * @info: its format
 * @pass: which slice came last
 * @warned: whether it was said that its labels look like 0 and 1
 * @ids: (element-type utf8): of the volumes not yet scored, first to last
 *
 * One side of a comparison, for its streaming thread alone; @ids is under the element's lock.
 */
typedef struct {
  GstPad *pad;
  VoxelMaskSide side;
  GstVideoInfo info;
  GstVoxelPass pass;
  gboolean warned;
  GQueue ids;
} GstVoxelScoreInput;

void gst_voxel_score_input_add (GstVoxelScoreInput *self, GstElement *element, VoxelMaskSide side,
                                GstPadChainFunction chain, GstPadEventFunction event);
guint64 *gst_voxel_score_input_read (GstVoxelScoreInput *self, GstElement *element, GstBuffer *buffer,
                                     gdouble threshold, guint label_threshold, gboolean *begins);

G_END_DECLS
