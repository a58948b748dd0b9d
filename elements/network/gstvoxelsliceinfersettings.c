/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelsliceinfersettings.h"

#include "elements/tiles/gstvoxelstitchblend.h"
#include "elements/tiles/gstvoxelviewlist.h"

#define DEFAULT_THRESHOLD .5

/* The network's properties come first, those of the grid behind TILE. */
enum {
  TILE = 100,
  PROP_VIEWS = 200,
  PROP_MERGE,
  PROP_MERGE_THRESHOLD,
  PROP_BLEND,
  PROP_THRESHOLD,
};

/**
 * gst_voxel_slice_infer_settings_init:
 * @settings: (out): the defaults
 */
void
gst_voxel_slice_infer_settings_init (GstVoxelSliceInferSettings *settings)
{
  gst_voxel_infer_settings_init (&settings->infer);
  gst_voxel_tile_settings_init (&settings->tile);
  settings->views = g_strdup (GST_VOXEL_VIEW_LIST_DEFAULT);
  settings->merge = GST_VOXEL_MERGE_MEAN_LOGIT;
  settings->merge_threshold = DEFAULT_THRESHOLD;
  settings->blend = VOXEL_TILE_BLEND_OR;
  settings->threshold = GST_VOXEL_STITCH_THRESHOLD;
}

/**
 * gst_voxel_slice_infer_settings_clear:
 * @settings: no longer needed
 */
void
gst_voxel_slice_infer_settings_clear (GstVoxelSliceInferSettings *settings)
{
  gst_voxel_infer_settings_clear (&settings->infer);
  g_clear_pointer (&settings->views, g_free);
}

/**
 * gst_voxel_slice_infer_settings_set:
 * @settings: the settings
 * @id: of a property
 * @value: new value
 *
 * Returns: whether there is such a property
 */
gboolean
gst_voxel_slice_infer_settings_set (GstVoxelSliceInferSettings *settings, guint id, const GValue *value)
{
  if (id < TILE)
    return gst_voxel_infer_settings_set (&settings->infer, id, value);
  if (id < PROP_VIEWS)
    return gst_voxel_tile_settings_set (&settings->tile, id - TILE, value);
  switch (id) {
  case PROP_VIEWS:
    g_free (settings->views);
    settings->views = g_value_dup_string (value);
    break;
  case PROP_MERGE:
    settings->merge = (GstVoxelMergeMode) g_value_get_enum (value);
    break;
  case PROP_MERGE_THRESHOLD:
    settings->merge_threshold = g_value_get_double (value);
    break;
  case PROP_BLEND:
    settings->blend = (VoxelTileBlendMode) g_value_get_enum (value);
    break;
  case PROP_THRESHOLD:
    settings->threshold = g_value_get_double (value);
    break;
  default:
    return FALSE;
  }
  return TRUE;
}

/**
 * gst_voxel_slice_infer_settings_get:
 * @settings: the settings
 * @id: of a property
 * @value: (out): its value
 *
 * Returns: whether there is such a property
 */
gboolean
gst_voxel_slice_infer_settings_get (const GstVoxelSliceInferSettings *settings, guint id, GValue *value)
{
  if (id < TILE)
    return gst_voxel_infer_settings_get (&settings->infer, id, value);
  if (id < PROP_VIEWS)
    return gst_voxel_tile_settings_get (&settings->tile, id - TILE, value);
  switch (id) {
  case PROP_VIEWS:
    g_value_set_string (value, settings->views);
    break;
  case PROP_MERGE:
    g_value_set_enum (value, settings->merge);
    break;
  case PROP_MERGE_THRESHOLD:
    g_value_set_double (value, settings->merge_threshold);
    break;
  case PROP_BLEND:
    g_value_set_enum (value, settings->blend);
    break;
  case PROP_THRESHOLD:
    g_value_set_double (value, settings->threshold);
    break;
  default:
    return FALSE;
  }
  return TRUE;
}

/**
 * gst_voxel_slice_infer_settings_install:
 * @object_class: of voxelsliceinfer
 */
void
gst_voxel_slice_infer_settings_install (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  gst_voxel_infer_settings_install (object_class, FALSE);
  gst_voxel_tile_settings_install_grid (object_class, TILE);
  gst_voxel_view_list_install (object_class, PROP_VIEWS);
  g_object_class_install_property (object_class, PROP_MERGE,
                                   g_param_spec_enum ("merge", "Merge",
                                                      "How the views of a tile are combined, as mode of "
                                                      "voxelmerge",
                                                      GST_TYPE_VOXEL_MERGE_MODE, GST_VOXEL_MERGE_MEAN_LOGIT,
                                                      flags));
  g_object_class_install_property (
      object_class, PROP_MERGE_THRESHOLD,
      g_param_spec_double ("merge-threshold", "Merge threshold",
                           "For merge=union: the probability that a view must exceed to count", 0., 1.,
                           DEFAULT_THRESHOLD, flags));
  gst_voxel_stitch_blend_install (object_class, PROP_BLEND, PROP_THRESHOLD);
}
