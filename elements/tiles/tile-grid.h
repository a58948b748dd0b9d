/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelTileGridKind:
 * @VOXEL_TILE_GRID_MINIMAL: the fewest tiles that overlap by at least the fraction asked for
 * @VOXEL_TILE_GRID_ORIGIN: as many tiles as if the last one might reach beyond the slice
 */
typedef enum {
  VOXEL_TILE_GRID_MINIMAL,
  VOXEL_TILE_GRID_ORIGIN,
} VoxelTileGridKind;

typedef struct _VoxelTileGrid VoxelTileGrid;

/**
 * VoxelTileGrid:
 * @tile_width: columns of every tile, padding included
 * @tile_height: rows of every tile, padding included
 * @columns: of tiles
 * @rows: of tiles
 * @xs: where the columns of tiles begin, @columns of them
 * @ys: where the rows of tiles begin, @rows of them
 *
 * Where the tiles of a slice lie; tile k is in row k / @columns and column k % @columns.
 */
struct _VoxelTileGrid {
  guint tile_width;
  guint tile_height;
  guint columns;
  guint rows;
  guint *xs;
  guint *ys;
};

guint *voxel_tile_grid_starts (VoxelTileGridKind kind, guint length, guint size, gdouble overlap,
                               guint *count);
VoxelTileGrid *voxel_tile_grid_new (VoxelTileGridKind kind, guint width, guint height, guint size,
                                    gdouble overlap, guint pad_multiple);
void voxel_tile_grid_free (VoxelTileGrid *grid);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelTileGrid, voxel_tile_grid_free)

G_END_DECLS
