/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where columns and rows do not depend on each other (all but turns and elastic deformation): rows are blended, turned
 * into columns and blended again. No pixel is gathered, and a quarter turn even saves one of the two transpositions. */

#include <string.h>

#include "augment-resampler.h"
#include "reflect.h"

#define FRACTION ((1 << VOXEL_AUGMENT_POSITION_BITS) - 1)

/* Which rows (or columns) of a picture make each row of the result, @taps of them. */
typedef struct {
  guint n;
  guint taps;
  guint *index;
  gfloat *weights;
} Axis;

static guint
reflect (gint index, guint count)
{
  return voxel_reflect_index ((guint) ABS (index), count);
}

/* @taps 1 is the nearest. */
static void
fill_axis (Axis *axis, VoxelAugmentBuffer *buffer, const gint32 *positions, guint n, guint side, guint taps)
{
  axis->n = n;
  axis->taps = taps;
  axis->index = voxel_augment_buffer_need (buffer, (gsize) n * taps * (sizeof (guint) + sizeof (gfloat)));
  axis->weights = (gfloat *) (axis->index + (gsize) n * taps);
  for (guint i = 0; i < n; i++) {
    guint *index = axis->index + (gsize) i * taps;
    gfloat *weights = axis->weights + (gsize) i * taps;
    gint before = positions[i] >> VOXEL_AUGMENT_POSITION_BITS;
    gfloat t = (gfloat) (positions[i] & FRACTION) / (FRACTION + 1);

    if (taps == 1) {
      index[0] = reflect (before + (t >= .5f), side);
      continue;
    }
    for (guint k = 0; k < taps; k++)
      index[k] = reflect (before + (gint) k - (taps == 4), side);
    if (taps == 4) {
      voxel_augment_cubic (t, weights);
    } else {
      weights[0] = 1 - t;
      weights[1] = t;
    }
  }
}

static void
get_range (const Axis *axis, guint *first, guint *count)
{
  guint least = G_MAXUINT, most = 0;

  for (gsize i = 0; i < (gsize) axis->n * axis->taps; i++) {
    least = MIN (least, axis->index[i]);
    most = MAX (most, axis->index[i]);
  }
  *first = least;
  *count = most - least + 1;
}

/* Rows @axis->index - @first of @in. */
static void
make_rows (const VoxelRows *loops, const Axis *axis, guint first, const guint8 *in, gsize stride, guint width,
           guint pixel_size, gboolean last, guint8 *out, gsize out_stride)
{
  for (guint i = 0; i < axis->n; i++, out += out_stride) {
    const gfloat *weights = axis->weights + (gsize) i * axis->taps;
    const guint8 *rows[4];

    for (guint k = 0; k < axis->taps; k++)
      rows[k] = in + (axis->index[(gsize) i * axis->taps + k] - first) * stride;
    if (axis->taps == 1)
      memcpy (out, rows[0], (gsize) width * pixel_size);
    else if (pixel_size == 1 && !last)
      loops->blend_8 (rows, weights, axis->taps, width, (gint16 *) out);
    else if (pixel_size == 1)
      loops->finish_8 ((const gint16 *const *) rows, weights, axis->taps, width, out);
    else if (!last)
      loops->sum_16 ((const guint16 *const *) rows, weights, axis->taps, width, (gfloat *) out);
    else
      loops->sum_to_16 ((const gfloat *const *) rows, weights, axis->taps, width, (guint16 *) out);
  }
}

/* Multiples of a cache line, odd ones so that the pixels of a column do not compete for the same places. */
static gsize
get_stride (guint width, guint pixel_size)
{
  return (((gsize) width * pixel_size + 63) / 64 | 1) * 64;
}

/* @down: which rows of @in are seen, @across: which columns. */
static void
resample (VoxelAugmentResampler *resampler, const Axis *down, const Axis *across, gboolean swapped,
          const VoxelAugmentPicture *in, const VoxelAugmentPicture *out)
{
  const VoxelRows *loops = resampler->rows;
  guint size = down->taps == 1 ? in->pixel_size : 2 * in->pixel_size, first, count;
  gsize blended_stride, turned_stride, seen_stride;
  guint8 *blended, *turned, *seen;

  get_range (across, &first, &count);
  blended_stride = get_stride (count, size);
  turned_stride = get_stride (down->n, size);
  seen_stride = get_stride (down->n, in->pixel_size);
  blended = voxel_augment_buffer_need (&resampler->pictures[0], blended_stride * down->n);
  turned = voxel_augment_buffer_need (&resampler->pictures[1], turned_stride * count);
  make_rows (loops, down, 0, in->pixels + (gsize) first * in->pixel_size, in->stride, count, in->pixel_size,
             FALSE, blended, blended_stride);
  loops->transpose (blended, (gssize) blended_stride, count, down->n, size, turned, (gssize) turned_stride);
  if (swapped) {
    make_rows (loops, across, first, turned, turned_stride, down->n, in->pixel_size, TRUE, out->pixels,
               out->stride);
    return;
  }
  seen = voxel_augment_buffer_need (&resampler->pictures[2], seen_stride * across->n);
  make_rows (loops, across, first, turned, turned_stride, down->n, in->pixel_size, TRUE, seen, seen_stride);
  loops->transpose (seen, (gssize) seen_stride, down->n, across->n, in->pixel_size, out->pixels,
                    (gssize) out->stride);
}

static gboolean
are_whole (const gint32 *positions, guint n)
{
  gint32 fractions = 0;

  for (guint i = 0; i < n; i++)
    fractions |= positions[i] & FRACTION;
  return fractions == 0;
}

/**
 * voxel_augment_separable:
 * @resampler: memory to work in
 * @map: a separable one
 * @interpolation: how the image is read
 * @image: the image
 * @image_out: where it goes
 * @label: (nullable): its label
 * @label_out: (nullable): where that goes
 */
void
voxel_augment_separable (VoxelAugmentResampler *resampler, const VoxelAugmentMap *map,
                         VoxelAugmentInterpolation interpolation, const VoxelAugmentPicture *image,
                         const VoxelAugmentPicture *image_out, const VoxelAugmentPicture *label,
                         const VoxelAugmentPicture *label_out)
{
  const gboolean swapped = map->turn.swapped;
  const gint32 *x = swapped ? map->x_of_y : map->x_of_x, *y = swapped ? map->y_of_x : map->y_of_y;
  const guint n_x = swapped ? image_out->height : image_out->width;
  const guint n_y = swapped ? image_out->width : image_out->height;
  const gboolean whole = are_whole (x, n_x) && are_whole (y, n_y);
  guint taps = whole ? 1 : interpolation == VOXEL_AUGMENT_CUBIC ? 4 : 2;
  Axis down, across;

  fill_axis (&down, &resampler->axes[0], y, n_y, image->height, taps);
  fill_axis (&across, &resampler->axes[1], x, n_x, image->width, taps);
  resample (resampler, &down, &across, swapped, image, image_out);
  if (!label)
    return;
  fill_axis (&down, &resampler->axes[0], y, n_y, image->height, 1);
  fill_axis (&across, &resampler->axes[1], x, n_x, image->width, 1);
  resample (resampler, &down, &across, swapped, label, label_out);
}
