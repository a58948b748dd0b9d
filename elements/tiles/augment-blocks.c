/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Turned and deformed pictures, block by block, so that what a block shows stays in the cache whatever the angle. */

#include <string.h>

#include "augment-resampler.h"
#include "reflect.h"

#define BLOCK_WIDTH 64
#define BLOCK_HEIGHT 32

/* Pixels that are read around a position. */
#define BEFORE 2
#define BEHIND 4

typedef struct {
  gint32 low;
  gint32 high;
} Range;

static Range
get_range (const gint32 *table, guint from, guint n)
{
  Range range = {table[from], table[from]};

  for (guint i = from + 1; i < from + n; i++) {
    range.low = MIN (range.low, table[i]);
    range.high = MAX (range.high, table[i]);
  }
  return range;
}

/* Which pixels may be read where the positions are sums of one of each range, and up to @more beyond. */
static Range
get_pixels (Range a, Range b, gint32 more)
{
  return (Range){((a.low + b.low - more) >> VOXEL_AUGMENT_POSITION_BITS) - BEFORE,
                 ((a.high + b.high + more) >> VOXEL_AUGMENT_POSITION_BITS) + BEHIND};
}

/* Copies columns and rows of a picture that lie beyond its sides. Returns where pixel (0, 0) of it would be. */
static const guint8 *
copy_reflected (VoxelAugmentResampler *resampler, const VoxelAugmentPicture *in, Range columns, Range rows,
                gssize *stride)
{
  const guint size = in->pixel_size, width = (guint) (columns.high - columns.low + 1);
  const gint inside = CLAMP (0, columns.low, columns.high + 1);
  const gint outside = CLAMP ((gint) in->width, inside, columns.high + 1);
  guint8 *copy;

  *stride = ((gssize) width * size + 63) / 64 * 64;
  copy = voxel_augment_buffer_need (&resampler->pictures[0], (gsize) *stride * (rows.high - rows.low + 1));
  for (gint y = rows.low; y <= rows.high; y++) {
    const guint8 *from = in->pixels + voxel_reflect_index ((guint) ABS (y), in->height) * in->stride;
    guint8 *to = copy + (y - rows.low) * *stride - (gssize) columns.low * size;

    for (gint x = columns.low; x < inside; x++)
      memcpy (to + (gssize) x * size, from + voxel_reflect_index ((guint) ABS (x), in->width) * size, size);
    if (outside > inside)
      memcpy (to + (gssize) inside * size, from + (gssize) inside * size, (gsize) (outside - inside) * size);
    for (gint x = outside; x <= columns.high; x++)
      memcpy (to + (gssize) x * size, from + voxel_reflect_index ((guint) ABS (x), in->width) * size, size);
  }
  return copy - rows.low * *stride - (gssize) columns.low * size;
}

static void
add_field (const VoxelAugmentField *field, guint component, guint y, guint x, guint width,
           const gint32 *table, gint32 *sums)
{
  voxel_augment_field_row (field, component, y, x, width, sums);
  for (guint i = 0; i < width; i++)
    sums[i] += table[x + i];
}

static void
fill_block (VoxelAugmentResampler *resampler, const VoxelAugmentMap *map, const VoxelAugmentField *field,
            const VoxelRowsKernel *kernel, VoxelRowsPlaces *places, const VoxelAugmentPicture *out, guint x,
            guint y, guint width, guint height)
{
  gint32 moved_x[BLOCK_WIDTH], moved_y[BLOCK_WIDTH];

  for (guint row = y; row < y + height; row++) {
    guint8 *to = out->pixels + row * out->stride + (gsize) x * out->pixel_size;

    places->x = map->x_of_x + x;
    places->y = map->y_of_x + x;
    places->x_more = map->x_of_y[row];
    places->y_more = map->y_of_y[row];
    if (field) {
      add_field (field, 0, row, x, width, map->x_of_x, moved_x);
      add_field (field, 1, row, x, width, map->y_of_x, moved_y);
      places->x = moved_x;
      places->y = moved_y;
    }
    if (!kernel)
      resampler->rows->read_nearest_8 (places, width, to);
    else if (out->pixel_size == 1)
      resampler->rows->read_8 (places, kernel, width, to);
    else
      resampler->rows->read_16 (places, kernel, width, (guint16 *) to);
  }
}

/**
 * voxel_augment_blocks:
 * @resampler: memory to work in
 * @map: where pixels come from
 * @field: (nullable): elastic deformation
 * @kernel: (nullable): how to read between pixels; %NULL: the nearest of them, 8 bit
 * @in: a picture
 * @out: where the result goes
 */
void
voxel_augment_blocks (VoxelAugmentResampler *resampler, const VoxelAugmentMap *map,
                      const VoxelAugmentField *field, const VoxelRowsKernel *kernel,
                      const VoxelAugmentPicture *in, const VoxelAugmentPicture *out)
{
  const gint32 more = field ? voxel_augment_field_most (field) : 0;

  for (guint y = 0; y < out->height; y += BLOCK_HEIGHT) {
    const guint height = MIN (out->height - y, BLOCK_HEIGHT);
    const Range x_of_y = get_range (map->x_of_y, y, height), y_of_y = get_range (map->y_of_y, y, height);

    for (guint x = 0; x < out->width; x += BLOCK_WIDTH) {
      const guint width = MIN (out->width - x, BLOCK_WIDTH);
      const Range columns = get_pixels (get_range (map->x_of_x, x, width), x_of_y, more);
      const Range rows = get_pixels (get_range (map->y_of_x, x, width), y_of_y, more);
      VoxelRowsPlaces places = {.pixels = in->pixels, .stride = (gssize) in->stride};

      if (columns.low < 0 || rows.low < 0 || columns.high >= (gint) in->width ||
          rows.high >= (gint) in->height)
        places.pixels = copy_reflected (resampler, in, columns, rows, &places.stride);
      fill_block (resampler, map, field, kernel, &places, out, x, y, width, height);
    }
  }
}
