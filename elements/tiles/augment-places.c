/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What moves pixels: the image and its label alike. All of it is done by one resampling. */

#include "augment-kinds.h"

#include <math.h>

static void
draw_scale (const gdouble *values, VoxelRandom *random, gdouble *numbers)
{
  numbers[0] = voxel_random_uniform (random, values[1], values[2]);
  numbers[1] = voxel_random_uniform (random, 0, 1);
  numbers[2] = voxel_random_uniform (random, 0, 1);
}

static void
place_scale (const gdouble *numbers, VoxelRandom *random, VoxelAugmentGeometry *geometry)
{
  geometry->interpolation = VOXEL_AUGMENT_CUBIC;
  geometry->scale = numbers[0];
  geometry->crop_x = numbers[1];
  geometry->crop_y = numbers[2];
}

/* Of what was enlarged a part is seen, any: RandomScale and RandomCrop of albumentations. */
const VoxelAugmentTransform voxel_augment_scale = {
    .name = "scale",
    .parameters = {VOXEL_AUGMENT_PROBABILITY (.5),
                   {"low", .8, .1, 10, "Smallest factor; below 1 what is seen shrinks"},
                   {"high", 1.25, .1, 10, "Largest factor"}},
    .numbers = {"factor", "crop-x", "crop-y"},
    .draw = draw_scale,
    .place = place_scale,
};

static void
place_rotate (const gdouble *numbers, VoxelRandom *random, VoxelAugmentGeometry *geometry)
{
  geometry->angle = numbers[0];
}

const VoxelAugmentTransform voxel_augment_rotate = {
    .name = "rotate",
    .parameters = {VOXEL_AUGMENT_PROBABILITY (.5),
                   {"low", -90, -360, 360, "Smallest angle in degrees, to the left"},
                   {"high", 90, -360, 360, "Largest angle"}},
    .numbers = {"angle"},
    .draw = voxel_augment_draw_range,
    .place = place_rotate,
};

static void
draw_grid (const gdouble *values, VoxelRandom *random, gdouble *numbers)
{
  numbers[0] = floor (values[1]);
  numbers[1] = values[2];
}

static void
place_grid (const gdouble *numbers, VoxelRandom *random, VoxelAugmentGeometry *geometry)
{
  voxel_augment_grid_draw (&geometry->grid, (guint) numbers[0], numbers[1], random);
}

const VoxelAugmentTransform voxel_augment_grid_distortion = {
    .name = "grid-distortion",
    .parameters = {VOXEL_AUGMENT_PROBABILITY (.5),
                   {"steps", 5, 1, VOXEL_AUGMENT_MOST_STEPS, "Cells a side"},
                   {"limit", .3, 0, .9, "Most that a cell becomes wider or narrower, of its own width"}},
    .numbers = {"steps", "limit"},
    .draw = draw_grid,
    .place = place_grid,
};

static void
draw_elastic (const gdouble *values, VoxelRandom *random, gdouble *numbers)
{
  numbers[0] = values[1];
  numbers[1] = values[2];
}

static void
place_elastic (const gdouble *numbers, VoxelRandom *random, VoxelAugmentGeometry *geometry)
{
  geometry->elastic.alpha = numbers[0];
  geometry->elastic.sigma = numbers[1];
  geometry->elastic.random = *random;
}

const VoxelAugmentTransform voxel_augment_elastic = {
    .name = "elastic",
    .parameters = {VOXEL_AUGMENT_PROBABILITY (.5),
                   {"alpha", 1, 0, 10000, "Strength"},
                   {"sigma", 50, 1, 1000, "How far the deformation stays alike, in pixels"}},
    .numbers = {"alpha", "sigma"},
    .draw = draw_elastic,
    .place = place_elastic,
};

static void
draw_rot90 (const gdouble *values, VoxelRandom *random, gdouble *numbers)
{
  numbers[0] = floor (voxel_random_uniform (random, 0, 4));
}

static void
place_rot90 (const gdouble *numbers, VoxelRandom *random, VoxelAugmentGeometry *geometry)
{
  geometry->quarter_turns = (guint) numbers[0];
}

const VoxelAugmentTransform voxel_augment_rot90 = {
    .name = "rot90",
    .parameters = {VOXEL_AUGMENT_PROBABILITY (1)},
    .numbers = {"quarter-turns"},
    .draw = draw_rot90,
    .place = place_rot90,
};

static void
place_flip_h (const gdouble *numbers, VoxelRandom *random, VoxelAugmentGeometry *geometry)
{
  geometry->flip_horizontal = TRUE;
}

const VoxelAugmentTransform voxel_augment_flip_h = {
    .name = "flip-h",
    .parameters = {VOXEL_AUGMENT_PROBABILITY (.5)},
    .place = place_flip_h,
};

static void
place_flip_v (const gdouble *numbers, VoxelRandom *random, VoxelAugmentGeometry *geometry)
{
  geometry->flip_vertical = TRUE;
}

const VoxelAugmentTransform voxel_augment_flip_v = {
    .name = "flip-v",
    .parameters = {VOXEL_AUGMENT_PROBABILITY (.5)},
    .place = place_flip_v,
};
