/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxeltilesettings.h"

#define DEFAULT_SIZE 512
#define DEFAULT_OVERLAP .5
#define MAX_OVERLAP .95
#define DEFAULT_PAD_MULTIPLE 32
#define DEFAULT_COUNT 1
#define MAX_COUNT 65536

enum {
  PROP_0,
  PROP_SIZE,
  PROP_MODE,
  PROP_EDGE,
  PROP_OVERLAP,
  PROP_GRID,
  PROP_PAD_MULTIPLE,
  PROP_COUNT,
  PROP_SEED,
  PROP_FOREGROUND,
};

static GType
gst_voxel_tile_mode_get_type (void)
{
  static const GEnumValue values[] = {
      {GST_VOXEL_TILE_MODE_GRID, "Tiles that cover the slice, for voxelstitch to join", "grid"},
      {GST_VOXEL_TILE_MODE_RANDOM, "Tiles anywhere in the slice, for learning", "random"},
      {0, NULL, NULL},
  };
  static GType type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstVoxelTileMode", values));
  return type;
}

static GType
gst_voxel_tile_edge_get_type (void)
{
  static const GEnumValue values[] = {
      {GST_VOXEL_TILE_EDGE_REFLECT, "Continue the slice by reflection", "reflect"},
      {GST_VOXEL_TILE_EDGE_SKIP, "Leave out axes whose slices have a side shorter than the tile", "skip"},
      {0, NULL, NULL},
  };
  static GType type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstVoxelTileEdge", values));
  return type;
}

static GType
gst_voxel_tile_grid_get_type (void)
{
  static const GEnumValue values[] = {
      {VOXEL_TILE_GRID_MINIMAL, "The fewest tiles that overlap by at least the given fraction", "minimal"},
      {VOXEL_TILE_GRID_ORIGIN, "ceil (L / (T (1 - overlap))) tiles along a side of L pixels", "origin"},
      {0, NULL, NULL},
  };
  static GType type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstVoxelTileGrid", values));
  return type;
}

/**
 * gst_voxel_tile_settings_init:
 * @settings: (out): the defaults
 */
void
gst_voxel_tile_settings_init (GstVoxelTileSettings *settings)
{
  *settings = (GstVoxelTileSettings){.size = DEFAULT_SIZE,
                                     .overlap = DEFAULT_OVERLAP,
                                     .pad_multiple = DEFAULT_PAD_MULTIPLE,
                                     .count = DEFAULT_COUNT};
}

/**
 * gst_voxel_tile_settings_set:
 * @settings: the settings
 * @id: of a property
 * @value: new value
 *
 * Returns: whether there is such a property
 */
gboolean
gst_voxel_tile_settings_set (GstVoxelTileSettings *settings, guint id, const GValue *value)
{
  switch (id) {
  case PROP_SIZE:
    settings->size = g_value_get_uint (value);
    break;
  case PROP_MODE:
    settings->mode = (GstVoxelTileMode) g_value_get_enum (value);
    break;
  case PROP_EDGE:
    settings->edge = (GstVoxelTileEdge) g_value_get_enum (value);
    break;
  case PROP_OVERLAP:
    settings->overlap = g_value_get_double (value);
    break;
  case PROP_GRID:
    settings->grid = (VoxelTileGridKind) g_value_get_enum (value);
    break;
  case PROP_PAD_MULTIPLE:
    settings->pad_multiple = g_value_get_uint (value);
    break;
  case PROP_COUNT:
    settings->count = g_value_get_uint (value);
    break;
  case PROP_SEED:
    settings->seed = g_value_get_uint64 (value);
    break;
  case PROP_FOREGROUND:
    settings->foreground = g_value_get_double (value);
    break;
  default:
    return FALSE;
  }
  return TRUE;
}

/**
 * gst_voxel_tile_settings_get:
 * @settings: the settings
 * @id: of a property
 * @value: (out): its value
 *
 * Returns: whether there is such a property
 */
gboolean
gst_voxel_tile_settings_get (const GstVoxelTileSettings *settings, guint id, GValue *value)
{
  switch (id) {
  case PROP_SIZE:
    g_value_set_uint (value, settings->size);
    break;
  case PROP_MODE:
    g_value_set_enum (value, settings->mode);
    break;
  case PROP_EDGE:
    g_value_set_enum (value, settings->edge);
    break;
  case PROP_OVERLAP:
    g_value_set_double (value, settings->overlap);
    break;
  case PROP_GRID:
    g_value_set_enum (value, settings->grid);
    break;
  case PROP_PAD_MULTIPLE:
    g_value_set_uint (value, settings->pad_multiple);
    break;
  case PROP_COUNT:
    g_value_set_uint (value, settings->count);
    break;
  case PROP_SEED:
    g_value_set_uint64 (value, settings->seed);
    break;
  case PROP_FOREGROUND:
    g_value_set_double (value, settings->foreground);
    break;
  default:
    return FALSE;
  }
  return TRUE;
}

/**
 * gst_voxel_tile_settings_lay:
 * @settings: the settings
 * @width: of slices
 * @height: likewise
 *
 * Returns: (transfer full): the grid of tiles that covers them
 */
VoxelTileGrid *
gst_voxel_tile_settings_lay (const GstVoxelTileSettings *settings, guint width, guint height)
{
  return voxel_tile_grid_new (settings->grid, width, height, settings->size, settings->overlap,
                              settings->edge == GST_VOXEL_TILE_EDGE_SKIP ? 1 : settings->pad_multiple);
}

/**
 * gst_voxel_tile_settings_install_grid:
 * @object_class: of an element that cuts slices into a grid
 * @base: what its properties' ids begin behind, to be taken off for gst_voxel_tile_settings_set()
 */
void
gst_voxel_tile_settings_install_grid (GObjectClass *object_class, guint base)
{
  const GParamFlags flags =
      (GParamFlags) (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);

  g_object_class_install_property (
      object_class, base + PROP_SIZE,
      g_param_spec_uint ("size", "Size", "Side of a tile in pixels; 0 = one tile that holds the whole slice",
                         0, 32768, DEFAULT_SIZE, flags));
  g_object_class_install_property (
      object_class, base + PROP_EDGE,
      g_param_spec_enum ("edge", "Edge", "What happens to slices with a side shorter than the tile",
                         gst_voxel_tile_edge_get_type (), GST_VOXEL_TILE_EDGE_REFLECT, flags));
  g_object_class_install_property (
      object_class, base + PROP_OVERLAP,
      g_param_spec_double ("overlap", "Overlap",
                           "In a grid: fraction of a tile's side that its neighbour covers too", 0.,
                           MAX_OVERLAP, DEFAULT_OVERLAP, flags));
  g_object_class_install_property (
      object_class, base + PROP_GRID,
      g_param_spec_enum ("grid", "Grid", "In a grid: how many tiles cover a slice",
                         gst_voxel_tile_grid_get_type (), VOXEL_TILE_GRID_MINIMAL, flags));
  g_object_class_install_property (
      object_class, base + PROP_PAD_MULTIPLE,
      g_param_spec_uint (
          "pad-multiple", "Pad multiple",
          "In a grid with edge=reflect a side shorter than size (any side where size is 0) is continued "
          "to the next multiple of this many pixels; 1 = not at all",
          1, 4096, DEFAULT_PAD_MULTIPLE, flags));
}

/**
 * gst_voxel_tile_settings_install:
 * @object_class: of voxeltile
 */
void
gst_voxel_tile_settings_install (GObjectClass *object_class)
{
  const GParamFlags flags =
      (GParamFlags) (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);

  gst_voxel_tile_settings_install_grid (object_class, 0);
  g_object_class_install_property (object_class, PROP_MODE,
                                   g_param_spec_enum ("mode", "Mode", "How tiles are chosen",
                                                      gst_voxel_tile_mode_get_type (),
                                                      GST_VOXEL_TILE_MODE_GRID, flags));
  g_object_class_install_property (object_class, PROP_COUNT,
                                   g_param_spec_uint ("count", "Count", "With mode=random: tiles a slice", 1,
                                                      MAX_COUNT, DEFAULT_COUNT, flags));
  g_object_class_install_property (object_class, PROP_SEED,
                                   g_param_spec_uint64 ("seed", "Seed",
                                                        "With mode=random: another seed, other tiles", 0,
                                                        G_MAXUINT64, 0, flags));
  /**
   * GstVoxelTile:foreground:
   *
   * With mode=random: how many tiles are placed so that they hold a pixel of vessel, which is chosen among all those
   * of the slice's label with equal chance. The others lie anywhere, and so do all tiles of slices without vessel.
   */
  g_object_class_install_property (
      object_class, PROP_FOREGROUND,
      g_param_spec_double ("foreground", "Foreground",
                           "With mode=random: share of the tiles that are placed on a vessel of the label",
                           0., 1., 0., flags));
}
