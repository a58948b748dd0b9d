/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "augment-recipe.h"

G_BEGIN_DECLS

/* As many transforms as there are, and then some. */
#define VOXEL_AUGMENT_MOST_STEPS_OF_SAMPLE 32

/**
 * VoxelAugmentStep:
 * @transform: what is done
 * @numbers: what was drawn for it
 * @random: the transform's random numbers, behind those
 *
 * A transform as it is applied to one sample.
 */
typedef struct {
  const VoxelAugmentTransform *transform;
  gdouble numbers[VOXEL_AUGMENT_MOST_NUMBERS];
  VoxelRandom random;
} VoxelAugmentStep;

/**
 * VoxelAugmentSample:
 * @n: how many transforms are applied
 * @steps: these, in the order of application
 *
 * What is done to one sample, all that is left to chance drawn already.
 */
typedef struct {
  guint n;
  VoxelAugmentStep steps[VOXEL_AUGMENT_MOST_STEPS_OF_SAMPLE];
} VoxelAugmentSample;

void voxel_augment_sample_draw (VoxelAugmentSample *sample, const VoxelAugmentRecipe *recipe,
                                VoxelRandom *random);
void voxel_augment_sample_apply (const VoxelAugmentSample *sample, VoxelAugmentScratch *scratch,
                                 const VoxelAugmentPicture *images, const VoxelAugmentPicture *images_out,
                                 guint n_images, const VoxelAugmentPicture *label,
                                 const VoxelAugmentPicture *label_out);

G_END_DECLS
