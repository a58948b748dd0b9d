/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelstitchblend.h"

#include <gst/gst.h>

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

/**
 * gst_voxel_stitch_blend_install:
 * @object_class: of an element that joins tiles
 * @blend: id of its property blend
 * @threshold: id of its property threshold
 */
void
gst_voxel_stitch_blend_install (GObjectClass *object_class, guint blend, guint threshold)
{
  const GParamFlags flags =
      (GParamFlags) (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);

  g_object_class_install_property (
      object_class, blend,
      g_param_spec_enum ("blend", "Blend", "How tiles are combined where they overlap",
                         GST_TYPE_VOXEL_STITCH_BLEND, VOXEL_TILE_BLEND_OR, flags));
  g_object_class_install_property (
      object_class, threshold,
      g_param_spec_double ("threshold", "Threshold",
                           "For blend=or: the probability that a pixel of a tile must exceed to count", 0.,
                           1., GST_VOXEL_STITCH_THRESHOLD, flags));
}
