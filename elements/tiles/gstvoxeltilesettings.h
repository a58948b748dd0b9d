/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "tile-grid.h"

G_BEGIN_DECLS

typedef enum {
  GST_VOXEL_TILE_MODE_GRID,
  GST_VOXEL_TILE_MODE_RANDOM,
} GstVoxelTileMode;

typedef enum {
  GST_VOXEL_TILE_EDGE_REFLECT,
  GST_VOXEL_TILE_EDGE_SKIP,
} GstVoxelTileEdge;

/**
 * GstVoxelTileSettings:
 * @size: side of a tile; 0: the whole slice
 * @mode: how tiles are chosen
 * @edge: what becomes of slices with a side shorter than the tile
 * @grid: which grid
 * @overlap: of the grid's tiles, as a fraction of their side
 * @pad_multiple: of the sides of a grid's tiles that are shorter than @size
 * @count: random tiles a slice
 * @seed: of the random tiles
 * @foreground: how many of the random tiles are to hold a vessel pixel, 0 to 1
 *
 * The properties of voxeltile.
 */
typedef struct {
  guint size;
  GstVoxelTileMode mode;
  GstVoxelTileEdge edge;
  VoxelTileGridKind grid;
  gdouble overlap;
  guint pad_multiple;
  guint count;
  guint64 seed;
  gdouble foreground;
} GstVoxelTileSettings;

void gst_voxel_tile_settings_init (GstVoxelTileSettings *settings);
gboolean gst_voxel_tile_settings_set (GstVoxelTileSettings *settings, guint id, const GValue *value);
gboolean gst_voxel_tile_settings_get (const GstVoxelTileSettings *settings, guint id, GValue *value);
VoxelTileGrid *gst_voxel_tile_settings_lay (const GstVoxelTileSettings *settings, guint width, guint height);
void gst_voxel_tile_settings_install_grid (GObjectClass *object_class, guint base);
void gst_voxel_tile_settings_install (GObjectClass *object_class);

G_END_DECLS
