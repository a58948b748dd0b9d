/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

#include "elements/network/tile-network.h"

G_BEGIN_DECLS

GstBuffer *gst_voxel_planes_get (GstBuffer *input, guint n, guint i);
guint gst_voxel_planes_map (GstBuffer *input, const GstVideoInfo *info, guint n, GstVideoFrame *frames,
                            VoxelTilePlane *planes);

G_END_DECLS
