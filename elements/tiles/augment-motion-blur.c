/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "augment-kinds.h"

#include <math.h>
#include <string.h>

#include "elements/rows/rows.h"
#include "reflect.h"

#define LEAST_SIZE 3
#define MOST_SIZE 15

/* What is averaged: places from the upper left of a square of @size pixels. */
typedef struct {
  guint size;
  guint n;
  guint x[MOST_SIZE];
  guint y[MOST_SIZE];
} Line;

typedef enum {
  SIZE,
  ANGLE,
  DIRECTION,
  SHIFT_X,
  SHIFT_Y,
} Number;

static guint
clamp_place (gdouble place, guint size)
{
  return (guint) CLAMP (rint (place), 0, size - 1);
}

/* As MotionBlur of albumentations draws it: as many points as a side has, the same pixel once. */
static void
make_line (Line *line, const gdouble *numbers)
{
  guint size = (guint) numbers[SIZE], half = size / 2;
  gdouble bias = numbers[DIRECTION], sine, cosine;
  gdouble start = -(gdouble) half * (1 - MAX (bias, 0)), end = half * (1 + MIN (bias, 0));

  voxel_math_sine_cosine (numbers[ANGLE], &sine, &cosine);
  line->size = size;
  line->n = 0;
  for (guint i = 0; i < size; i++) {
    gdouble t = start + i * ((end - start) / (size - 1));
    guint x = clamp_place (half + cosine * t + numbers[SHIFT_X], size);
    guint y = clamp_place (half + sine * t + numbers[SHIFT_Y], size);
    guint k = 0;

    while (k < line->n && (line->x[k] != x || line->y[k] != y))
      k++;
    line->x[k] = x;
    line->y[k] = y;
    line->n = MAX (line->n, k + 1);
  }
}

/* A row as words, continued on either side. */
static void
load (const VoxelAugmentPicture *picture, guint y, guint border, guint16 *row)
{
  const guint8 *pixels = picture->pixels + y * picture->stride;

  if (picture->pixel_size == 1)
    voxel_rows ()->tones->widen_8 (pixels, picture->width, 0, row + border);
  else
    memcpy (row + border, pixels, picture->width * sizeof *row);
  voxel_reflect_both (row, picture->width, border, sizeof *row);
}

static void
average (const VoxelAugmentPicture *picture, const guint16 *const *rows, guint n, guint8 *out)
{
  if (picture->pixel_size == 1)
    voxel_rows ()->tones->mean_8 (rows, n, picture->width, out);
  else
    voxel_rows ()->mean (rows, n, picture->width, (guint16 *) (gpointer) out);
}

static void
filter_motion_blur (const gdouble *numbers, VoxelRandom *random, guint which,
                    const VoxelAugmentPicture *picture, VoxelAugmentScratch *scratch)
{
  Line line;
  guint border, ready = 0;
  gsize pitch;
  guint16 *ring;

  make_line (&line, numbers);
  border = line.size / 2;
  pitch = (picture->width + 2 * border + VOXEL_TONE_ROWS_SLACK + 31) & ~31u;
  ring = voxel_augment_scratch_get (scratch, pitch * line.size * sizeof *ring);
  for (guint y = 0; y < picture->height; y++) {
    const guint16 *rows[MOST_SIZE];

    for (; ready < picture->height && ready <= y + border; ready++)
      load (picture, ready, border, ring + ready % line.size * pitch);
    for (guint i = 0; i < line.n; i++) {
      guint below = y + line.y[i], place = below > border ? below - border : border - below;

      rows[i] = ring + voxel_reflect_index (place, picture->height) % line.size * pitch + line.x[i];
    }
    average (picture, rows, line.n, picture->pixels + y * picture->stride);
  }
}

static void
draw_motion_blur (const gdouble *values, VoxelRandom *random, gdouble *numbers)
{
  guint low = MAX ((guint) values[1] | 1, LEAST_SIZE), high = MAX ((guint) values[2] | 1, low);
  gdouble shift;

  numbers[SIZE] = low + 2 * (guint) voxel_random_uniform (random, 0, (high - low) / 2 + 1);
  numbers[ANGLE] = voxel_random_uniform (random, values[3], values[4]);
  numbers[DIRECTION] = voxel_random_uniform (random, values[5], values[6]);
  shift = values[7] * floor (numbers[SIZE] / 2) / 2;
  numbers[SHIFT_X] = voxel_random_uniform (random, -shift, shift);
  numbers[SHIFT_Y] = voxel_random_uniform (random, -shift, shift);
}

const VoxelAugmentTransform voxel_augment_motion_blur = {
    .name = "motion-blur",
    .parameters = {VOXEL_AUGMENT_PROBABILITY (.5),
                   {"low", 3, LEAST_SIZE, MOST_SIZE,
                    "Least pixels that the line is long; even ones count one more"},
                   {"high", 7, LEAST_SIZE, MOST_SIZE, "Most pixels"},
                   {"low-angle", 0, 0, 360, "Smallest angle in degrees, to the right"},
                   {"high-angle", 360, 0, 360, "Largest angle"},
                   {"low-direction", -1, -1, 1, "Least direction; -1: only what lies behind along the line"},
                   {"high-direction", 1, -1, 1, "Largest direction; 1: only what lies ahead"},
                   {"shifted", 1, 0, 1,
                    "How far the line leaves the middle, 1: up to a quarter of its length"}},
    .numbers = {"size", "angle", "direction", "shift-x", "shift-y"},
    .draw = draw_motion_blur,
    .filter = filter_motion_blur,
};
