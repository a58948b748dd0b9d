/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelstitchblend.h"

#include "tile-blend.h"

GType
gst_voxel_stitch_blend_get_type (void)
{
  static const GEnumValue values[] = {
      {VOXEL_TILE_BLEND_OR, "Mask: whether any tile is above the threshold", "or"},
      {VOXEL_TILE_BLEND_MEAN, "Mean of the tiles that cover a pixel", "mean"},
      {VOXEL_TILE_BLEND_GAUSSIAN, "Mean with weights that fall towards a tile's edges", "gaussian"},
      {0, NULL, NULL},
  };
  static GType type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstVoxelStitchBlend", values));
  return type;
}
