/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>
#include "augment-recipe.h"

G_BEGIN_DECLS

/**
 * GstVoxelAugmentSettings:
 * @recipe: what was written
 * @seed: of all random numbers
 * @size: of the results, 0: as what comes
 * @threads: how many work, 0: one a processor
 * @values: parameters of single transforms by number of property, NaN where not set
 *
 * The properties of voxelaugment.
 */
typedef struct {
  gchar *recipe;
  guint64 seed;
  guint size;
  guint threads;
  GArray *values;
} GstVoxelAugmentSettings;

void gst_voxel_augment_settings_init (GstVoxelAugmentSettings *settings);
void gst_voxel_augment_settings_clear (GstVoxelAugmentSettings *settings);
gboolean gst_voxel_augment_settings_set (GstVoxelAugmentSettings *settings, guint id, const GValue *value);
gboolean gst_voxel_augment_settings_get (const GstVoxelAugmentSettings *settings, guint id, GValue *value);
VoxelAugmentRecipe *gst_voxel_augment_settings_make_recipe (const GstVoxelAugmentSettings *settings,
                                                            GError **error);
void gst_voxel_augment_settings_install (GObjectClass *object_class);

G_END_DECLS
