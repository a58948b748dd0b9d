/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "augment-kinds.h"

#include <math.h>

#include "elements/rows/rows.h"

static void
measure (const VoxelAugmentPicture *picture, gdouble *mean, gdouble *deviation)
{
  gdouble n = (gdouble) picture->width * picture->height;
  guint64 sum = 0, squares = 0;

  for (guint y = 0; y < picture->height; y++) {
    const guint8 *row = picture->pixels + y * picture->stride;

    if (picture->pixel_size == 1)
      voxel_rows ()->moments_8 (row, picture->width, &sum, &squares);
    else
      voxel_rows ()->moments_16 ((const guint16 *) (gconstpointer) row, picture->width, &sum, &squares);
  }
  *mean = (gdouble) sum / n;
  *deviation = sqrt (MAX ((gdouble) squares / n - *mean * *mean, 0));
}

/* Of the picture z after its z-score: (z + rate noise) / sqrt (1 + rate^2), so that mean and variance stay. Here on
 * the pixels, by the picture's own mean and deviation; neighbours get noise of their own. */
static void
filter_noise (const gdouble *numbers, VoxelRandom *random, guint which, const VoxelAugmentPicture *picture,
              VoxelAugmentScratch *scratch)
{
  gdouble rate = numbers[0], scale = 1 / sqrt (1 + rate * rate), mean, deviation;
  guint32 place = which * picture->width * picture->height;
  VoxelToneNoise noise;

  measure (picture, &mean, &deviation);
  noise.keys[0] = (guint32) voxel_random_uniform (random, 0, 0x1p32);
  noise.keys[1] = (guint32) voxel_random_uniform (random, 0, 0x1p32);
  noise.scale = (gfloat) scale;
  noise.shift = (gfloat) (mean * (1 - scale));
  noise.amplitude = (gfloat) (rate * deviation * scale);
  for (guint y = 0; y < picture->height; y++, place += picture->width) {
    guint8 *row = picture->pixels + y * picture->stride;

    if (picture->pixel_size == 1)
      voxel_rows ()->tones->noise_8 (&noise, place, row, picture->width);
    else
      voxel_rows ()->tones->noise_16 (&noise, place, (guint16 *) (gpointer) row, picture->width);
  }
}

const VoxelAugmentTransform voxel_augment_noise = {
    .name = "noise",
    .parameters = {VOXEL_AUGMENT_PROBABILITY (.5),
                   {"low", 0, 0, 10, "Least deviation of the noise, of the picture's own"},
                   {"high", .5, 0, 10, "Largest deviation"}},
    .numbers = {"rate"},
    .draw = voxel_augment_draw_range,
    .filter = filter_noise,
};
