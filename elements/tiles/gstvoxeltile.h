/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstvoxelregroup.h"

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_TILE (gst_voxel_tile_get_type ())
G_DECLARE_FINAL_TYPE (GstVoxelTile, gst_voxel_tile, GST, VOXEL_TILE, GstVoxelRegroup)
GST_ELEMENT_REGISTER_DECLARE (voxeltile)

G_END_DECLS
