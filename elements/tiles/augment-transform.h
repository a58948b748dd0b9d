/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "augment-geometry.h"

G_BEGIN_DECLS

/* Of a transform, the probability included. */
#define VOXEL_AUGMENT_MOST_PARAMETERS 8
/* That a transform draws. */
#define VOXEL_AUGMENT_MOST_NUMBERS 6

/**
 * VoxelAugmentParameter:
 * @name: as it is written in a recipe
 * @value: the default
 * @least: the least value allowed
 * @most: the largest
 * @blurb: what it is
 */
typedef struct {
  const gchar *name;
  gdouble value;
  gdouble least;
  gdouble most;
  const gchar *blurb;
} VoxelAugmentParameter;

#define VOXEL_AUGMENT_PROBABILITY(value) \
  { \
    "p", value, 0, 1, "Probability" \
  }

/**
 * VoxelAugmentScratch:
 *
 * Memory to work in, one a thread. All zero to begin with; voxel_augment_scratch_clear() at the end.
 */
typedef struct {
  /*< private >*/
  VoxelAugmentResampler *resampler;
  gpointer memory;
  gsize size;
} VoxelAugmentScratch;

/**
 * VoxelAugmentTransform:
 * @name: as it is written in a recipe
 * @parameters: (array zero-terminated=1): the first is the probability; one that begins with "low" is followed by
 *   one that begins with "high", and is not above it
 * @numbers: names of what @draw leaves
 * @draw: (nullable): from the parameters and random numbers to @numbers
 * @place: where it moves pixels: how; @random goes on behind what was drawn
 * @curve: where a pixel's new intensity depends on its old one alone: of @n intensities from 0 to 1; what leaves
 *   that range is clamped
 * @filter: anything else that is done to an image, in place; @random goes on behind what was drawn, the same for
 *   all pictures of a sample, of which this is number @which
 *
 * A kind of augmentation: one of @place, @curve and @filter. A table of them is all that there is.
 */
typedef struct {
  const gchar *name;
  VoxelAugmentParameter parameters[VOXEL_AUGMENT_MOST_PARAMETERS + 1];
  const gchar *numbers[VOXEL_AUGMENT_MOST_NUMBERS + 1];
  void (*draw) (const gdouble *values, VoxelRandom *random, gdouble *numbers);
  void (*place) (const gdouble *numbers, VoxelRandom *random, VoxelAugmentGeometry *geometry);
  void (*curve) (const gdouble *numbers, gfloat *intensities, guint n);
  void (*filter) (const gdouble *numbers, VoxelRandom *random, guint which,
                  const VoxelAugmentPicture *picture, VoxelAugmentScratch *scratch);
} VoxelAugmentTransform;

/* What moves pixels comes first, in the order in which it is applied. */
const VoxelAugmentTransform *const *voxel_augment_transforms (guint *n);
const VoxelAugmentTransform *voxel_augment_transform_find (const gchar *name);
gchar *voxel_augment_transform_names (void);
gchar *voxel_augment_transform_parameters (const VoxelAugmentTransform *transform);

void voxel_augment_draw_range (const gdouble *values, VoxelRandom *random, gdouble *numbers);

gpointer voxel_augment_scratch_get (VoxelAugmentScratch *scratch, gsize size);
void voxel_augment_scratch_clear (VoxelAugmentScratch *scratch);

G_END_DECLS
