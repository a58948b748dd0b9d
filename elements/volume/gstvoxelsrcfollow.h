/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstvoxelsrcsettings.h"
#include "slice-follow.h"

G_BEGIN_DECLS

VoxelSliceFollow *gst_voxel_src_follow_new (const GstVoxelSrcSettings *settings, GError **error);
GstFlowReturn gst_voxel_src_follow_wait (GstElement *element, VoxelSliceFollow *follow,
                                         VoxelSliceList **slice);

G_END_DECLS
