/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "augment-transform.h"

G_BEGIN_DECLS

/* Only voxel_augment_transforms() needs these: a line for each kind, and one in its table. */

/* augment-places.c */
extern const VoxelAugmentTransform voxel_augment_scale;
extern const VoxelAugmentTransform voxel_augment_rotate;
extern const VoxelAugmentTransform voxel_augment_grid_distortion;
extern const VoxelAugmentTransform voxel_augment_elastic;
extern const VoxelAugmentTransform voxel_augment_rot90;
extern const VoxelAugmentTransform voxel_augment_flip_h;
extern const VoxelAugmentTransform voxel_augment_flip_v;
/* augment-curves.c */
extern const VoxelAugmentTransform voxel_augment_gamma;
extern const VoxelAugmentTransform voxel_augment_brightness_contrast;
extern const VoxelAugmentTransform voxel_augment_invert;
/* a file each */
extern const VoxelAugmentTransform voxel_augment_gaussian_blur;
extern const VoxelAugmentTransform voxel_augment_motion_blur;
extern const VoxelAugmentTransform voxel_augment_noise;
extern const VoxelAugmentTransform voxel_augment_cutout;

G_END_DECLS
