/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "augment-geometry.h"

#include "augment-map.h"

/**
 * voxel_augment_geometry_init:
 * @geometry: (out): what leaves the middle of a picture as it is
 * @width: columns of the result, 1 to VOXEL_AUGMENT_LARGEST_SIDE
 * @height: rows of the result, likewise
 */
void
voxel_augment_geometry_init (VoxelAugmentGeometry *geometry, guint width, guint height)
{
  *geometry = (VoxelAugmentGeometry){.width = width, .height = height};
  geometry->scale = 1;
  geometry->crop_x = .5;
  geometry->crop_y = .5;
}

/**
 * voxel_augment_grid_draw:
 * @grid: (out): the distortion
 * @steps: whole cells a side, 1 to VOXEL_AUGMENT_MOST_STEPS; albumentations: 5
 * @limit: by which part cells may be wider or narrower, 0 to below 1; albumentations: .3
 * @random: 2 (@steps + 1) numbers are taken from it
 */
void
voxel_augment_grid_draw (VoxelAugmentGrid *grid, guint steps, gdouble limit, VoxelRandom *random)
{
  g_return_if_fail (steps >= 1 && steps <= VOXEL_AUGMENT_MOST_STEPS && limit >= 0 && limit < 1);

  grid->steps = steps;
  for (guint i = 0; i <= steps; i++)
    grid->x[i] = voxel_random_uniform (random, 1 - limit, 1 + limit);
  for (guint i = 0; i <= steps; i++)
    grid->y[i] = voxel_random_uniform (random, 1 - limit, 1 + limit);
}

/**
 * voxel_augment_geometry_moves:
 * @geometry: the transforms
 * @width: columns of the picture
 * @height: rows of the picture
 *
 * Returns: whether the result may be another picture than the one given
 */
gboolean
voxel_augment_geometry_moves (const VoxelAugmentGeometry *geometry, guint width, guint height)
{
  return geometry->width != width || geometry->height != height || geometry->quarter_turns % 4 != 0 ||
         geometry->flip_horizontal || geometry->flip_vertical ||
         !voxel_augment_geometry_copies (geometry, width, height);
}
