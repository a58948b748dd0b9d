/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tile-random.h"

#include <string.h>

/* Of a label's values 0, 128 and 255 only the last is odd. */
#define ODD G_GUINT64_CONSTANT (0x0101010101010101)
#define MAX_SUMMED 255

/**
 * VoxelTileVessels:
 *
 * Where the vessel pixels of a slice are: how many lie in each row. The label itself tells the rest.
 */
struct _VoxelTileVessels {
  const guint8 *label;
  gsize stride;
  guint width;
  guint height;
  guint64 *before; /* vessel pixels above each row, and after the last */
};

static guint
count_row (const guint8 *row, guint width)
{
  guint count = 0, x = 0;

  while (width - x >= sizeof (guint64)) {
    guint words = MIN ((width - x) / (guint) sizeof (guint64), MAX_SUMMED);
    guint64 sums = 0; /* eight of a byte each */

    for (; words > 0; words--, x += sizeof (guint64)) {
      guint64 word;

      memcpy (&word, row + x, sizeof word);
      sums += word & ODD;
    }
    for (; sums > 0; sums >>= 8)
      count += sums & 0xFF;
  }
  for (; x < width; x++)
    count += row[x] & 1;
  return count;
}

/**
 * voxel_tile_vessels_new:
 * @label: 0, 128 or 255 a pixel, 255 for vessel; to be kept until the end
 * @stride: bytes from a row to the next
 * @width: columns
 * @height: rows
 *
 * Returns: (transfer full): the vessel pixels of a slice, ready to be picked
 */
VoxelTileVessels *
voxel_tile_vessels_new (const guint8 *label, gsize stride, guint width, guint height)
{
  VoxelTileVessels *vessels = g_new0 (VoxelTileVessels, 1);

  *vessels = (VoxelTileVessels){label, stride, width, height, g_new0 (guint64, (gsize) height + 1)};
  for (guint y = 0; y < height; y++)
    vessels->before[y + 1] = vessels->before[y] + count_row (label + y * stride, width);
  return vessels;
}

/**
 * voxel_tile_vessels_free:
 * @vessels: (transfer full): no longer needed
 */
void
voxel_tile_vessels_free (VoxelTileVessels *vessels)
{
  g_free (vessels->before);
  g_free (vessels);
}

/**
 * voxel_tile_vessels_get_count:
 * @vessels: of a slice
 *
 * Returns: how many pixels are vessel
 */
guint64
voxel_tile_vessels_get_count (const VoxelTileVessels *vessels)
{
  return vessels->before[vessels->height];
}

/**
 * voxel_tile_vessels_get:
 * @vessels: of a slice
 * @index: less than voxel_tile_vessels_get_count(): which, in the order of rows
 * @x: (out): its column
 * @y: (out): its row
 */
void
voxel_tile_vessels_get (const VoxelTileVessels *vessels, guint64 index, guint *x, guint *y)
{
  guint low = 0, high = vessels->height;
  const guint8 *row;
  guint64 left;

  while (high - low > 1) {
    guint middle = low + (high - low) / 2;

    *(vessels->before[middle] <= index ? &low : &high) = middle;
  }
  row = vessels->label + low * vessels->stride;
  left = index - vessels->before[low];
  for (*x = 0; left > 0 || !(row[*x] & 1); (*x)++)
    left -= row[*x] & 1;
  *y = low;
}

static guint
draw (VoxelRandom *random, guint first, guint last)
{
  return first + (guint) voxel_random_uniform (random, 0., (gdouble) (last - first) + 1.);
}

/* Where a tile may begin that holds pixel @at of a side. */
static guint
draw_around (VoxelRandom *random, guint length, guint size, guint at)
{
  guint last = length > size ? length - size : 0;

  return draw (random, at >= size ? at - size + 1 : 0, MIN (at, last));
}

/**
 * voxel_tile_random_place:
 * @random: moved on by as many numbers as it takes
 * @width: columns of the slice
 * @height: rows of the slice
 * @size: side of a tile; where the slice is shorter, the tile begins with it and ends beyond it
 * @vessels: (nullable): vessel pixels of the slice
 * @share: 0 to 1: how many tiles are to hold one of them
 * @x: (out): column at which the tile begins
 * @y: (out): row at which the tile begins
 *
 * A tile anywhere: each place is as likely as any other. A tile with vessel: a pixel is chosen, each of the slice
 * as likely as any other, then a place of those at which the tile holds it. Slices without vessel have tiles of the
 * first kind only.
 */
void
voxel_tile_random_place (VoxelRandom *random, guint width, guint height, guint size,
                         const VoxelTileVessels *vessels, gdouble share, guint *x, guint *y)
{
  guint64 count = vessels ? voxel_tile_vessels_get_count (vessels) : 0;
  guint at_x, at_y;

  if (voxel_random_uniform (random, 0., 1.) >= share || count == 0) {
    *x = draw (random, 0, width > size ? width - size : 0);
    *y = draw (random, 0, height > size ? height - size : 0);
    return;
  }
  voxel_tile_vessels_get (vessels, (guint64) voxel_random_uniform (random, 0., (gdouble) count), &at_x,
                          &at_y);
  *x = draw_around (random, width, size, at_x);
  *y = draw_around (random, height, size, at_y);
}
