/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "augment-kinds.h"

#include <math.h>
#include <string.h>

static guint
draw_side (VoxelRandom *random, gdouble size, guint side)
{
  return CLAMP ((guint) (size * side * voxel_random_uniform (random, .5, 1)), 1, side);
}

/* Black rectangles, in the same places of all pictures of a sample; the label stays, so that what is hidden is
 * learnt from its surroundings. */
static void
filter_cutout (const gdouble *numbers, VoxelRandom *random, guint which, const VoxelAugmentPicture *picture,
               VoxelAugmentScratch *scratch)
{
  for (guint i = 0; i < (guint) numbers[0]; i++) {
    guint width = draw_side (random, numbers[1], picture->width);
    guint height = draw_side (random, numbers[1], picture->height);
    guint x = (guint) voxel_random_uniform (random, 0, picture->width - width + 1);
    guint y = (guint) voxel_random_uniform (random, 0, picture->height - height + 1);

    for (guint row = y; row < y + height; row++)
      memset (picture->pixels + row * picture->stride + (gsize) x * picture->pixel_size, 0,
              (gsize) width * picture->pixel_size);
  }
}

static void
draw_cutout (const gdouble *values, VoxelRandom *random, gdouble *numbers)
{
  guint low = (guint) values[1], high = (guint) values[2];

  numbers[0] = low + floor (voxel_random_uniform (random, 0, high - low + 1));
  numbers[1] = values[3];
}

/* Sides of half the size to all of it, as CoarseDropout of albumentations has them. */
const VoxelAugmentTransform voxel_augment_cutout = {
    .name = "cutout",
    .parameters = {VOXEL_AUGMENT_PROBABILITY (.5),
                   {"low-holes", 1, 1, 64, "Least rectangles"},
                   {"high-holes", 2, 1, 64, "Most rectangles"},
                   {"size", .2, .01, 1, "Largest side, of the picture's; the smallest is half of it"}},
    .numbers = {"holes", "size"},
    .draw = draw_cutout,
    .filter = filter_cutout,
};
