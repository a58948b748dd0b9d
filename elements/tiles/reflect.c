/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reflect.h"

#include <string.h>

#include "elements/rows/rows.h"

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
  guint period = count > 1 ? 2 * (count - 1) : 1, place;

  if (index < count)
    return index;
  place = index < period ? index : index % period; /* divisions are slow */
  return place < count ? place : period - place;
}

#define DEFINE_BOTH(bits) \
  static void both_##bits (guint##bits *inside, guint width, guint border) \
  { \
    for (guint i = 1; i <= border; i++) { \
      inside[-(gint) i] = inside[voxel_reflect_index (i, width)]; \
      inside[width - 1 + i] = inside[voxel_reflect_index (width - 1 + i, width)]; \
    } \
  }

DEFINE_BOTH (16)
DEFINE_BOTH (32)

/**
 * voxel_reflect_both:
 * @row: pixels: @border to be written, @width that are there, @border to be written
 * @width: at least 1
 * @border: pixels on either side
 * @pixel_size: 2 or 4 bytes
 *
 * Continues a row on both sides by reflection.
 */
void
voxel_reflect_both (gpointer row, guint width, guint border, gsize pixel_size)
{
  g_return_if_fail (pixel_size == 2 || pixel_size == 4);

  if (pixel_size == 2)
    both_16 ((guint16 *) row + border, width, border);
  else
    both_32 ((guint32 *) row + border, width, border);
}

/**
 * voxel_reflect_copy:
 * @row: pixels
 * @width: how many, at least 1
 * @from: first column wanted, may lie before the row
 * @count: columns wanted, may lie behind it
 * @pixel_size: 1, 2 or 4 bytes
 * @out: where they go; does not overlap @row
 *
 * A part of a row that goes on by reflection, copied a run at a time.
 */
void
voxel_reflect_copy (gconstpointer row, guint width, gint from, guint count, guint pixel_size, gpointer out)
{
  const gint last = (gint) width - 1, period = MAX (2 * last, 1);
  const guint8 *in = row;
  guint8 *to = out;

  for (guint n; count > 0; count -= n, from += (gint) n, to += (gsize) n * pixel_size) {
    gint place = (from % period + period) % period;

    if (place < last || last == 0) {
      n = MIN (count, MAX ((guint) (last - place), 1));
      memcpy (to, in + (gsize) place * pixel_size, (gsize) n * pixel_size);
    } else {
      place = period - place;
      n = MIN (count, (guint) place);
      voxel_rows ()->reverse (in + ((gsize) place - n + 1) * pixel_size, to, n, pixel_size);
    }
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
