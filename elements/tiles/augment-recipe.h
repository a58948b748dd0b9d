/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "augment-transform.h"

G_BEGIN_DECLS

#define VOXEL_AUGMENT_RECIPE_ERROR (voxel_augment_recipe_error_quark ())

typedef enum {
  VOXEL_AUGMENT_RECIPE_ERROR_SYNTAX,
  VOXEL_AUGMENT_RECIPE_ERROR_UNKNOWN,
  VOXEL_AUGMENT_RECIPE_ERROR_RANGE,
} VoxelAugmentRecipeError;

/**
 * VoxelAugmentSetting:
 * @transform: what is done
 * @values: its parameters
 */
typedef struct {
  const VoxelAugmentTransform *transform;
  gdouble values[VOXEL_AUGMENT_MOST_PARAMETERS];
} VoxelAugmentSetting;

/**
 * VoxelAugmentRecipe:
 *
 * Which transforms are done, each with what probability and within what limits.
 */
typedef struct _VoxelAugmentRecipe VoxelAugmentRecipe;

GQuark voxel_augment_recipe_error_quark (void);
VoxelAugmentRecipe *voxel_augment_recipe_new (const gchar *text, GError **error);
void voxel_augment_recipe_free (VoxelAugmentRecipe *recipe);
gboolean voxel_augment_recipe_set (VoxelAugmentRecipe *recipe, const VoxelAugmentTransform *transform,
                                   guint parameter, gdouble value, GError **error);
gboolean voxel_augment_recipe_check (const VoxelAugmentRecipe *recipe, GError **error);
const VoxelAugmentSetting *voxel_augment_recipe_get (const VoxelAugmentRecipe *recipe, guint *n);
const VoxelAugmentSetting *voxel_augment_recipe_find (const VoxelAugmentRecipe *recipe, const gchar *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelAugmentRecipe, voxel_augment_recipe_free)

G_END_DECLS
