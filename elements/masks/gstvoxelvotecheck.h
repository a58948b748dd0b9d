/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

#include "elements/stream/voxel.h"

G_BEGIN_DECLS

gboolean gst_voxel_vote_check_kind (GstElement *element, GstBuffer *buffer, const GstVideoInfo *info);
GstFlowReturn gst_voxel_vote_check_size (GstElement *element, const GstVoxelSliceMeta *slice,
                                         const GstVideoInfo *info);
GstFlowReturn gst_voxel_vote_check_cover (GstElement *element, const GstVoxelSliceMeta *slice, guint first,
                                          guint axes, guint z_first, guint z_last);

G_END_DECLS
