/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

#include "elements/network/tile-network.h"

G_BEGIN_DECLS

gboolean gst_voxel_infer_fit (GstElement *element, VoxelTileNetwork *network, guint company,
                              const GstVideoInfo *info);

G_END_DECLS
