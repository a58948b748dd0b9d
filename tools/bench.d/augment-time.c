/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* augment-time RECIPE SIDE RESULT COUNT BITS: takes turns (see turns.c) with voxelaugment's transforms. COUNT samples of
 * SIDE squared pixels and their labels become RESULT squared; one thread. Result: SHA-256 of the last sample. */

#include <stdio.h>

#include "elements/tiles/augment-sample.h"
#include "turns.h"

typedef struct {
  VoxelAugmentRecipe *recipe;
  VoxelAugmentScratch scratch;
  VoxelAugmentPicture image, image_out, label, label_out;
  guint count;
} Augment;

static VoxelAugmentPicture
make_picture (guint side, guint pixel_size)
{
  VoxelAugmentPicture picture = {NULL, (gsize) side * pixel_size, side, side, pixel_size};

  picture.pixels = g_malloc0 (picture.stride * side);
  return picture;
}

/* Waves of bright vessels, as many as a tile of a kidney has, and some noise. */
static void
draw (const Augment *augment)
{
  VoxelRandom random;

  voxel_random_init (&random, 1, 1, 0);
  for (guint y = 0; y < augment->image.height; y++) {
    guint8 *row = augment->image.pixels + y * augment->image.stride;
    guint8 *label = augment->label.pixels + y * augment->label.stride;

    for (guint x = 0; x < augment->image.width; x++) {
      guint wave = (x + y * y / 700) % 64;

      label[x] = wave < 9 ? 255 : 0;
      for (guint byte = 0; byte < augment->image.pixel_size; byte++)
        *row++ = (guint8) voxel_random_uniform (&random, 60, wave < 9 ? 250 : 140);
    }
  }
}

static gboolean
augment_samples (gpointer data, GError **error)
{
  Augment *augment = data;

  for (guint i = 0; i < augment->count; i++) {
    VoxelAugmentSample sample;
    VoxelRandom random;

    voxel_random_init (&random, i, voxel_random_stream ("augment"), 0);
    voxel_augment_sample_draw (&sample, augment->recipe, &random);
    voxel_augment_sample_apply (&sample, &augment->scratch, &augment->image, &augment->image_out, 1,
                                &augment->label, &augment->label_out);
  }
  return TRUE;
}

static gchar *
get_sum (const Augment *augment)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  g_checksum_update (sum, augment->image_out.pixels,
                     (gssize) (augment->image_out.stride * augment->image_out.height));
  g_checksum_update (sum, augment->label_out.pixels,
                     (gssize) (augment->label_out.stride * augment->label_out.height));
  return g_strdup (g_checksum_get_string (sum));
}

static void
augment_clear (Augment *augment)
{
  voxel_augment_scratch_clear (&augment->scratch);
  g_clear_pointer (&augment->recipe, voxel_augment_recipe_free);
  g_free (augment->image.pixels);
  g_free (augment->image_out.pixels);
  g_free (augment->label.pixels);
  g_free (augment->label_out.pixels);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Augment, augment_clear)

int
main (int argc, char **argv)
{
  g_auto (Augment) augment = {0};
  g_autoptr (GError) error = NULL;
  g_autofree gchar *sum = NULL;
  guint side, result, bits;

  if (argc != 6) {
    fprintf (stderr, "usage: augment-time RECIPE SIDE RESULT COUNT BITS\n");
    return 2;
  }
  side = (guint) g_ascii_strtoull (argv[2], NULL, 10);
  result = (guint) g_ascii_strtoull (argv[3], NULL, 10);
  augment.count = (guint) g_ascii_strtoull (argv[4], NULL, 10);
  bits = (guint) g_ascii_strtoull (argv[5], NULL, 10);
  augment.recipe = voxel_augment_recipe_new (argv[1], &error);
  if (!augment.recipe) {
    fprintf (stderr, "augment-time: %s\n", error->message);
    return 1;
  }
  augment.image = make_picture (side, bits / 8);
  augment.image_out = make_picture (result, bits / 8);
  augment.label = make_picture (side, 1);
  augment.label_out = make_picture (result, 1);
  draw (&augment);
  if (!augment_samples (&augment, &error))
    return 1;
  sum = get_sum (&augment);
  return voxel_turns_serve (sum, augment_samples, &augment, &error) ? 0 : 1;
}
