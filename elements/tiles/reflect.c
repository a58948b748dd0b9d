/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reflect.h"

#include <string.h>

/**
 * voxel_reflect_index:
 * @index: a position at or beyond the start
 * @count: positions there are, at least 1
 *
 * Mirrors at the last and the first position without repeating them, as often as needed (numpy.pad
 * "reflect"): of 3 positions, 0 1 2 1 0 1 2 …
 *
 * Returns: the position to read, 0..@count-1
 */
guint
voxel_reflect_index (guint index, guint count)
{
  guint period = count > 1 ? 2 * (count - 1) : 1, place = index % period;

  return place < count ? place : period - place;
}

/**
 * voxel_reflect_both:
 * @row: pixels: @border to be written, @width that are there, @border to be written
 * @width: at least 1
 * @border: pixels on either side
 * @pixel_size: bytes a pixel
 *
 * Continues a row on both sides by reflection.
 */
void
voxel_reflect_both (gpointer row, guint width, guint border, gsize pixel_size)
{
  guint8 *inside = (guint8 *) row + border * pixel_size;

  for (guint i = 1; i <= border; i++) {
    memcpy (inside - i * pixel_size, inside + voxel_reflect_index (i, width) * pixel_size, pixel_size);
    memcpy (inside + (width - 1 + i) * pixel_size,
            inside + voxel_reflect_index (width - 1 + i, width) * pixel_size, pixel_size);
  }
}

static void
pad_row (guint8 *row, guint width, guint out_width, guint pixel_size)
{
  for (guint x = width; x < out_width; x++)
    memcpy (row + (gsize) x * pixel_size, row + (gsize) voxel_reflect_index (x, width) * pixel_size,
            pixel_size);
}

/**
 * voxel_reflect_pad:
 * @in: a picture of @width x @height pixels
 * @in_stride: bytes from a row to the next
 * @width: columns of @in, at least 1
 * @height: rows of @in, at least 1
 * @pixel_size: bytes a pixel
 * @out: where the padded picture goes; does not overlap @in
 * @out_stride: bytes from a row of @out to the next
 * @out_width: columns of @out, at least @width
 * @out_height: rows of @out, at least @height
 *
 * Copies @in to the upper left of @out and continues it by reflection to the right and to the bottom.
 */
void
voxel_reflect_pad (gconstpointer in, gsize in_stride, guint width, guint height, guint pixel_size,
                   gpointer out, gsize out_stride, guint out_width, guint out_height)
{
  guint8 *to = out;

  for (guint y = 0; y < height; y++) {
    memcpy (to + y * out_stride, (const guint8 *) in + y * in_stride, (gsize) width * pixel_size);
    pad_row (to + y * out_stride, width, out_width, pixel_size);
  }
  for (guint y = height; y < out_height; y++)
    memcpy (to + y * out_stride, to + voxel_reflect_index (y, height) * out_stride,
            (gsize) out_width * pixel_size);
}
