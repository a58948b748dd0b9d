/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "augment-transform.h"

#include "augment-kinds.h"

static const VoxelAugmentTransform *const transforms[] = {
    &voxel_augment_scale,   &voxel_augment_rotate,        &voxel_augment_grid_distortion,
    &voxel_augment_elastic, &voxel_augment_rot90,         &voxel_augment_flip_h,
    &voxel_augment_flip_v,  &voxel_augment_gamma,         &voxel_augment_brightness_contrast,
    &voxel_augment_invert,  &voxel_augment_gaussian_blur, &voxel_augment_motion_blur,
    &voxel_augment_noise,   &voxel_augment_cutout,
};

/**
 * voxel_augment_transforms:
 * @n: (out): how many there are
 *
 * Returns: (transfer none) (array length=n): all of them
 */
const VoxelAugmentTransform *const *
voxel_augment_transforms (guint *n)
{
  *n = G_N_ELEMENTS (transforms);
  return transforms;
}

/**
 * voxel_augment_transform_find:
 * @name: as it is written in a recipe
 *
 * Returns: (transfer none) (nullable): the transform
 */
const VoxelAugmentTransform *
voxel_augment_transform_find (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (transforms); i++) {
    if (g_str_equal (transforms[i]->name, name))
      return transforms[i];
  }
  return NULL;
}

/**
 * voxel_augment_transform_names:
 *
 * Returns: (transfer full): all that there are, for people
 */
gchar *
voxel_augment_transform_names (void)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (transforms); i++)
    g_string_append_printf (names, "%s%s", i ? ", " : "", transforms[i]->name);
  return g_string_free (names, FALSE);
}

/**
 * voxel_augment_transform_parameters:
 * @transform: a transform
 *
 * Returns: (transfer full): the names of its parameters, for people
 */
gchar *
voxel_augment_transform_parameters (const VoxelAugmentTransform *transform)
{
  GString *names = g_string_new (NULL);

  for (const VoxelAugmentParameter *parameter = transform->parameters; parameter->name; parameter++)
    g_string_append_printf (names, "%s%s", parameter == transform->parameters ? "" : ", ", parameter->name);
  return g_string_free (names, FALSE);
}

/**
 * voxel_augment_draw_range:
 * @values: parameters of a transform: its probability, "low" and "high"
 * @random: its random numbers
 * @numbers: (out): one number between both
 *
 * What most transforms draw.
 */
void
voxel_augment_draw_range (const gdouble *values, VoxelRandom *random, gdouble *numbers)
{
  numbers[0] = voxel_random_uniform (random, values[1], values[2]);
}

/**
 * voxel_augment_scratch_get:
 * @scratch: a thread's memory
 * @size: bytes wanted
 *
 * Returns: (transfer none): at least as many, of any content, aligned to 64 bytes, until the next call
 */
gpointer
voxel_augment_scratch_get (VoxelAugmentScratch *scratch, gsize size)
{
  if (size > scratch->size) {
    g_free (scratch->memory);
    scratch->memory = g_malloc (size + 63);
    scratch->size = size;
  }
  return (gpointer) (((guintptr) scratch->memory + 63) & ~(guintptr) 63);
}

/**
 * voxel_augment_scratch_clear:
 * @scratch: no longer needed
 */
void
voxel_augment_scratch_clear (VoxelAugmentScratch *scratch)
{
  g_clear_pointer (&scratch->resampler, voxel_augment_resampler_free);
  g_clear_pointer (&scratch->memory, g_free);
  scratch->size = 0;
}
