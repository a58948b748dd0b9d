/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

#include "elements/network/tile-network.h"

G_BEGIN_DECLS

/* What voxelinfer asks of pictures before it runs them. */

gboolean gst_voxel_infer_check_content (GstElement *element, GstBuffer *input);
gboolean gst_voxel_infer_find_statistics (GstElement *element, VoxelTileNetwork *network, GstBuffer *input,
                                          VoxelTileJob *job);
gboolean gst_voxel_infer_fit (GstElement *element, VoxelTileNetwork *network, const GstVideoInfo *info);

G_END_DECLS
