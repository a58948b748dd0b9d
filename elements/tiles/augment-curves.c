/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What changes each intensity by itself. Those that follow each other become one curve, so nothing is rounded in
 * between. */

#include "augment-kinds.h"

#include "elements/rows/rows.h"

static void
curve_gamma (const gdouble *numbers, gfloat *intensities, guint n)
{
  voxel_rows ()->tones->power (intensities, n, (gfloat) numbers[0]);
}

const VoxelAugmentTransform voxel_augment_gamma = {
    .name = "gamma",
    .parameters = {VOXEL_AUGMENT_PROBABILITY (.5),
                   {"low", .8, .05, 20, "Smallest exponent of intensities from 0 to 1"},
                   {"high", 1.2, .05, 20, "Largest exponent"}},
    .numbers = {"gamma"},
    .draw = voxel_augment_draw_range,
    .curve = curve_gamma,
};

static void
draw_brightness_contrast (const gdouble *values, VoxelRandom *random, gdouble *numbers)
{
  numbers[0] = voxel_random_uniform (random, values[1], values[2]);
  numbers[1] = voxel_random_uniform (random, values[3], values[4]);
}

static void
curve_brightness_contrast (const gdouble *numbers, gfloat *intensities, guint n)
{
  voxel_rows ()->tones->line (intensities, n, (gfloat) (1 + numbers[1]), (gfloat) numbers[0]);
}

/* (1 + contrast) intensity + brightness of the largest value: RandomBrightnessContrast of albumentations. */
const VoxelAugmentTransform voxel_augment_brightness_contrast = {
    .name = "brightness-contrast",
    .parameters = {VOXEL_AUGMENT_PROBABILITY (.5),
                   {"low-brightness", -.2, -1, 1, "Least that is added, of the largest intensity"},
                   {"high-brightness", .2, -1, 1, "Most that is added"},
                   {"low-contrast", -.2, -1, 10, "Least by which intensities grow, of themselves"},
                   {"high-contrast", .2, -1, 10, "Most by which they grow"}},
    .numbers = {"brightness", "contrast"},
    .draw = draw_brightness_contrast,
    .curve = curve_brightness_contrast,
};

static void
curve_invert (const gdouble *numbers, gfloat *intensities, guint n)
{
  voxel_rows ()->tones->line (intensities, n, -1, 1);
}

const VoxelAugmentTransform voxel_augment_invert = {
    .name = "invert",
    .parameters = {VOXEL_AUGMENT_PROBABILITY (.5)},
    .curve = curve_invert,
};
