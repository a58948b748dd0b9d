/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Turned and deformed pictures, block by block, so that what a block shows stays in the cache whatever the angle. */

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

typedef struct {
  guint x;
  guint y;
  guint width;
  guint height;
} Block;

static Range
get_range (const gint32 *table, guint n)
{
  Range range = {table[0], table[0]};

  for (guint i = 1; i < n; i++) {
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

/* Lets @places read these columns and rows of a picture: there, or a copy of them where some lie beyond its sides. */
static void
find_pixels (VoxelAugmentBuffer *buffer, const VoxelAugmentPicture *in, Range columns, Range rows,
             VoxelRowsPlaces *places)
{
  const guint size = in->pixel_size, width = (guint) (columns.high - columns.low + 1);
  guint8 *copy;

  places->pixels = in->pixels;
  places->stride = (gssize) in->stride;
  if (columns.low >= 0 && rows.low >= 0 && columns.high < (gint) in->width && rows.high < (gint) in->height)
    return;
  places->stride = ((gssize) width * size + 63) / 64 * 64;
  copy = voxel_augment_buffer_need (buffer, (gsize) places->stride * (rows.high - rows.low + 1));
  for (gint y = rows.low; y <= rows.high; y++)
    voxel_reflect_copy (in->pixels + voxel_reflect_index ((guint) ABS (y), in->height) * in->stride,
                        in->width, columns.low, width, size, copy + (y - rows.low) * places->stride);
  places->pixels = copy - rows.low * places->stride - (gssize) columns.low * size;
}

static void
fill_block (const VoxelRows *loops, const VoxelAugmentMap *map, const VoxelAugmentField *field,
            const VoxelRowsKernel *kernel, const Block *block, VoxelRowsPlaces *image,
            const VoxelAugmentPicture *image_out, VoxelRowsPlaces *label,
            const VoxelAugmentPicture *label_out)
{
  gint32 moved_x[BLOCK_WIDTH], moved_y[BLOCK_WIDTH];

  image->x = map->x_of_x + block->x;
  image->y = map->y_of_x + block->x;
  for (guint y = block->y; y < block->y + block->height; y++) {
    guint8 *to = image_out->pixels + y * image_out->stride + (gsize) block->x * image_out->pixel_size;

    if (field) {
      voxel_augment_field_move (field, loops, y, block->x, block->width, map->x_of_x, map->y_of_x, moved_x,
                                moved_y);
      image->x = moved_x;
      image->y = moved_y;
    }
    image->x_more = map->x_of_y[y];
    image->y_more = map->y_of_y[y];
    if (image_out->pixel_size == 1)
      loops->read_8 (image, kernel, block->width, to);
    else
      loops->read_16 (image, kernel, block->width, (guint16 *) to);
    if (!label_out)
      continue;
    label->x = image->x;
    label->y = image->y;
    label->x_more = image->x_more;
    label->y_more = image->y_more;
    loops->read_nearest_8 (label, block->width, label_out->pixels + y * label_out->stride + block->x);
  }
}

/**
 * voxel_augment_blocks:
 * @resampler: memory to work in
 * @map: where pixels come from
 * @field: (nullable): elastic deformation
 * @interpolation: how the image is read
 * @image: the image
 * @image_out: where it goes
 * @label: (nullable): its label
 * @label_out: (nullable): where that goes
 */
void
voxel_augment_blocks (VoxelAugmentResampler *resampler, const VoxelAugmentMap *map,
                      const VoxelAugmentField *field, VoxelAugmentInterpolation interpolation,
                      const VoxelAugmentPicture *image, const VoxelAugmentPicture *image_out,
                      const VoxelAugmentPicture *label, const VoxelAugmentPicture *label_out)
{
  const VoxelRowsKernel *kernel = &resampler->kernels[interpolation];
  const gint32 more = field ? voxel_augment_field_most (field) : 0;
  Block block = {0};

  for (block.y = 0; block.y < image_out->height; block.y += BLOCK_HEIGHT) {
    Range x_of_y, y_of_y;

    block.height = MIN (image_out->height - block.y, BLOCK_HEIGHT);
    x_of_y = get_range (map->x_of_y + block.y, block.height);
    y_of_y = get_range (map->y_of_y + block.y, block.height);
    for (block.x = 0; block.x < image_out->width; block.x += BLOCK_WIDTH) {
      VoxelRowsPlaces image_places = {0}, label_places = {0};
      Range columns, rows;

      block.width = MIN (image_out->width - block.x, BLOCK_WIDTH);
      columns = get_pixels (get_range (map->x_of_x + block.x, block.width), x_of_y, more);
      rows = get_pixels (get_range (map->y_of_x + block.x, block.width), y_of_y, more);
      find_pixels (&resampler->pictures[0], image, columns, rows, &image_places);
      if (label)
        find_pixels (&resampler->pictures[1], label, columns, rows, &label_places);
      fill_block (resampler->rows, map, field, kernel, &block, &image_places, image_out, &label_places,
                  label ? label_out : NULL);
    }
  }
}
