/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tile-grid.h"

#include <math.h>

/* Tiles along a side before equal starts are dropped. */
static guint
count_tiles (VoxelTileGridKind kind, guint length, guint size, gdouble overlap)
{
  gdouble step = MAX (size * (1. - overlap), 1.);

  if (kind == VOXEL_TILE_GRID_ORIGIN)
    return (guint) ceil (length / step);
  /* 1 - .9 is a little less than .1: that must not cost a tile. */
  return (guint) ceil ((length - size) / step - 1e-9) + 1;
}

/**
 * voxel_tile_grid_starts:
 * @kind: which rule
 * @length: pixels of the side of the slice, at least @size
 * @size: pixels of the side of a tile, at least 1
 * @overlap: fraction of a tile that its neighbour covers too, 0 <= @overlap < 1
 * @count: (out): tiles along the side, at least 1
 *
 * MINIMAL: n = ceil ((L - T) / (T (1 - o))) + 1, starts = round (linspace (0, L - T, n)).
 * ORIGIN: n = ceil (L / (T (1 - o))), starts = trunc (linspace (0, L - T, n)); in the arithmetic of
 * numpy.linspace, so that a start never differs by one from what numpy gives. Equal starts are dropped.
 * The tiles cover the side without a gap.
 *
 * Returns: (transfer full) (array length=count): ascending, the first 0, the last @length - @size
 */
guint *
voxel_tile_grid_starts (VoxelTileGridKind kind, guint length, guint size, gdouble overlap, guint *count)
{
  guint n, kept = 1;
  gdouble step;
  guint *starts;

  g_return_val_if_fail (size > 0 && length >= size, NULL);
  g_return_val_if_fail (overlap >= 0. && overlap < 1., NULL);

  n = MAX (count_tiles (kind, length, size, overlap), length > size ? 2 : 1);
  starts = g_new0 (guint, n);
  step = n > 1 ? (gdouble) (length - size) / (n - 1) : 0.;
  for (guint i = 1; i < n; i++) {
    gdouble place = i == n - 1 ? (gdouble) (length - size) : i * step;
    guint start = (guint) (kind == VOXEL_TILE_GRID_ORIGIN ? trunc (place) : rint (place));

    if (start != starts[kept - 1])
      starts[kept++] = start;
  }
  *count = kept;
  return starts;
}

/* A side shorter than the tile is one tile, padded; pads up to the multiple, not to the tile. */
static guint *
lay_side (VoxelTileGridKind kind, guint length, guint size, gdouble overlap, guint pad_multiple, guint *count,
          guint *tile)
{
  if (size > 0 && length >= size) {
    *tile = size;
    return voxel_tile_grid_starts (kind, length, size, overlap, count);
  }
  *tile = (length + pad_multiple - 1) / pad_multiple * pad_multiple;
  *count = 1;
  return g_new0 (guint, 1);
}

/**
 * voxel_tile_grid_new:
 * @kind: which rule
 * @width: columns of the slice, at least 1
 * @height: rows of the slice, at least 1
 * @size: side of a tile; 0 for one tile that holds the whole slice
 * @overlap: fraction of a tile that its neighbour covers too, 0 <= @overlap < 1
 * @pad_multiple: a side shorter than @size (or any, where @size is 0) is one tile long, padded to the next
 *   multiple of this; 1 for no padding
 *
 * Returns: (transfer full): the grid
 */
VoxelTileGrid *
voxel_tile_grid_new (VoxelTileGridKind kind, guint width, guint height, guint size, gdouble overlap,
                     guint pad_multiple)
{
  g_autoptr (VoxelTileGrid) grid = g_new0 (VoxelTileGrid, 1);

  g_return_val_if_fail (width > 0 && height > 0 && pad_multiple > 0, NULL);

  grid->xs = lay_side (kind, width, size, overlap, pad_multiple, &grid->columns, &grid->tile_width);
  grid->ys = lay_side (kind, height, size, overlap, pad_multiple, &grid->rows, &grid->tile_height);
  return g_steal_pointer (&grid);
}

/**
 * voxel_tile_grid_free:
 * @grid: (transfer full): a grid
 */
void
voxel_tile_grid_free (VoxelTileGrid *grid)
{
  g_free (grid->xs);
  g_free (grid->ys);
  g_free (grid);
}
