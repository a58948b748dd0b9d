/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelaugmentsettings.h"

#include <gst/gst.h>
#include <math.h>

#define DEFAULT_RECIPE "origin"

enum {
  PROP_0,
  PROP_RECIPE,
  PROP_SEED,
  PROP_SIZE,
  PROP_THREADS,
  /* One for each parameter of each transform, in the order of their table. */
  PROP_FIRST_PARAMETER,
};

/* Which parameter of which transform property @id is. */
static gboolean
find_parameter (guint id, const VoxelAugmentTransform **transform, guint *parameter)
{
  guint n, left = id - PROP_FIRST_PARAMETER;
  const VoxelAugmentTransform *const *all = voxel_augment_transforms (&n);

  if (id < PROP_FIRST_PARAMETER)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    for (guint k = 0; all[i]->parameters[k].name; k++) {
      if (left-- > 0)
        continue;
      *transform = all[i];
      *parameter = k;
      return TRUE;
    }
  }
  return FALSE;
}

/**
 * gst_voxel_augment_settings_init:
 * @settings: (out): the defaults
 */
void
gst_voxel_augment_settings_init (GstVoxelAugmentSettings *settings)
{
  const VoxelAugmentTransform *transform;
  const gdouble unset = NAN;
  guint parameter;

  *settings = (GstVoxelAugmentSettings){.recipe = g_strdup (DEFAULT_RECIPE)};
  settings->values = g_array_new (FALSE, FALSE, sizeof (gdouble));
  for (guint id = PROP_FIRST_PARAMETER; find_parameter (id, &transform, &parameter); id++)
    g_array_append_val (settings->values, unset);
}

/**
 * gst_voxel_augment_settings_clear:
 * @settings: no longer needed
 */
void
gst_voxel_augment_settings_clear (GstVoxelAugmentSettings *settings)
{
  g_clear_pointer (&settings->recipe, g_free);
  g_clear_pointer (&settings->values, g_array_unref);
}

/**
 * gst_voxel_augment_settings_set:
 * @settings: the settings
 * @id: of a property
 * @value: new value
 *
 * Returns: whether there is such a property
 */
gboolean
gst_voxel_augment_settings_set (GstVoxelAugmentSettings *settings, guint id, const GValue *value)
{
  const VoxelAugmentTransform *transform;
  guint parameter;

  switch (id) {
  case PROP_RECIPE:
    g_free (settings->recipe);
    settings->recipe = g_strdup (g_value_get_string (value) ? g_value_get_string (value) : DEFAULT_RECIPE);
    return TRUE;
  case PROP_SEED:
    settings->seed = g_value_get_uint64 (value);
    return TRUE;
  case PROP_SIZE:
    settings->size = g_value_get_uint (value);
    return TRUE;
  case PROP_THREADS:
    settings->threads = g_value_get_uint (value);
    return TRUE;
  default:
    if (!find_parameter (id, &transform, &parameter))
      return FALSE;
    g_array_index (settings->values, gdouble, id - PROP_FIRST_PARAMETER) = g_value_get_double (value);
    return TRUE;
  }
}

/**
 * gst_voxel_augment_settings_get:
 * @settings: the settings
 * @id: of a property
 * @value: (out): its value; that of a parameter that was not set is its default
 *
 * Returns: whether there is such a property
 */
gboolean
gst_voxel_augment_settings_get (const GstVoxelAugmentSettings *settings, guint id, GValue *value)
{
  const VoxelAugmentTransform *transform;
  gdouble own;
  guint parameter;

  switch (id) {
  case PROP_RECIPE:
    g_value_set_string (value, settings->recipe);
    return TRUE;
  case PROP_SEED:
    g_value_set_uint64 (value, settings->seed);
    return TRUE;
  case PROP_SIZE:
    g_value_set_uint (value, settings->size);
    return TRUE;
  case PROP_THREADS:
    g_value_set_uint (value, settings->threads);
    return TRUE;
  default:
    if (!find_parameter (id, &transform, &parameter))
      return FALSE;
    own = g_array_index (settings->values, gdouble, id - PROP_FIRST_PARAMETER);
    g_value_set_double (value, isnan (own) ? transform->parameters[parameter].value : own);
    return TRUE;
  }
}

/**
 * gst_voxel_augment_settings_make_recipe:
 * @settings: the settings
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the recipe with all properties that were set in it
 */
VoxelAugmentRecipe *
gst_voxel_augment_settings_make_recipe (const GstVoxelAugmentSettings *settings, GError **error)
{
  g_autoptr (VoxelAugmentRecipe) recipe = voxel_augment_recipe_new (settings->recipe, error);
  const VoxelAugmentTransform *transform;
  guint parameter;

  if (!recipe)
    return NULL;
  for (guint i = 0; find_parameter (PROP_FIRST_PARAMETER + i, &transform, &parameter); i++) {
    gdouble value = g_array_index (settings->values, gdouble, i);

    if (!isnan (value) && !voxel_augment_recipe_set (recipe, transform, parameter, value, error))
      return NULL;
  }
  return voxel_augment_recipe_check (recipe, error) ? g_steal_pointer (&recipe) : NULL;
}

static void
install_parameter (GObjectClass *object_class, guint id, const VoxelAugmentTransform *transform,
                   const VoxelAugmentParameter *parameter)
{
  g_autofree gchar *name = g_strdup_printf ("%s-%s", transform->name, parameter->name);
  g_autofree gchar *nick = g_strdup_printf ("%s: %s", transform->name, parameter->name);

  g_object_class_install_property (
      object_class, id,
      g_param_spec_double (
          name, nick, parameter->blurb, parameter->least, parameter->most, parameter->value,
          (GParamFlags) (G_PARAM_READWRITE | G_PARAM_STATIC_BLURB | GST_PARAM_MUTABLE_READY)));
}

/**
 * gst_voxel_augment_settings_install:
 * @object_class: of voxelaugment
 */
void
gst_voxel_augment_settings_install (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;
  const VoxelAugmentTransform *transform;
  guint parameter;

  g_object_class_install_property (
      object_class, PROP_RECIPE,
      g_param_spec_string (
          "recipe", "Recipe",
          "none, origin, transforms such as \"gamma(p=.75, low=.8, high=1.2) flip-h\", or the "
          "path of a file with such text and # comments",
          DEFAULT_RECIPE, flags));
  g_object_class_install_property (
      object_class, PROP_SEED,
      g_param_spec_uint64 ("seed", "Seed", "Of all random numbers: the same seed gives the same samples", 0,
                           G_MAXUINT64, 0, flags));
  g_object_class_install_property (
      object_class, PROP_SIZE,
      g_param_spec_uint ("size", "Size",
                         "Side of the results, no larger than what comes, so that there is something around "
                         "them to turn and shrink into the picture; 0: as large as what comes",
                         0, VOXEL_AUGMENT_LARGEST_SIDE, 0, flags));
  g_object_class_install_property (
      object_class, PROP_THREADS,
      g_param_spec_uint ("threads", "Threads",
                         "Samples worked on side by side (0 = one a processor); does not change them", 0,
                         1024, 0, flags));
  for (guint id = PROP_FIRST_PARAMETER; find_parameter (id, &transform, &parameter); id++)
    install_parameter (object_class, id, transform, &transform->parameters[parameter]);
}
