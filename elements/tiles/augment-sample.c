/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "augment-sample.h"

#include <string.h>

#include "elements/rows/rows.h"

/* Intensities that become floats at a time: they stay in the first cache. */
#define CURVE_PIECE 1024

/**
 * voxel_augment_sample_draw:
 * @sample: (out): what is to be done
 * @recipe: from what
 * @random: the numbers of this sample
 *
 * Every transform has a stream of numbers of its own: what else the recipe contains does not change what it draws.
 */
void
voxel_augment_sample_draw (VoxelAugmentSample *sample, const VoxelAugmentRecipe *recipe, VoxelRandom *random)
{
  guint64 high = (guint64) voxel_random_uniform (random, 0, 0x1p32),
          low = (guint64) voxel_random_uniform (random, 0, 0x1p32);
  guint n;
  const VoxelAugmentSetting *settings = voxel_augment_recipe_get (recipe, &n);

  g_return_if_fail (n <= VOXEL_AUGMENT_MOST_STEPS_OF_SAMPLE);

  sample->n = 0;
  for (guint i = 0; i < n; i++) {
    const VoxelAugmentTransform *transform = settings[i].transform;
    VoxelAugmentStep *step = &sample->steps[sample->n];

    voxel_random_init (&step->random, high << 32 | low, voxel_random_stream (transform->name), 0);
    if (voxel_random_uniform (&step->random, 0, 1) >= settings[i].values[0])
      continue;
    step->transform = transform;
    if (transform->draw)
      transform->draw (settings[i].values, &step->random, step->numbers);
    sample->n++;
  }
}

/* Where the pixels of the sample go. */
static void
get_geometry (const VoxelAugmentSample *sample, VoxelAugmentGeometry *geometry, guint width, guint height)
{
  voxel_augment_geometry_init (geometry, width, height);
  for (guint i = 0; i < sample->n; i++) {
    const VoxelAugmentStep *step = &sample->steps[i];
    VoxelRandom random = step->random;

    if (step->transform->place)
      step->transform->place (step->numbers, &random, geometry);
  }
}

/* Intensities from 0 to 1 through the curves of @n steps. */
static void
bend (const VoxelAugmentStep *steps, guint n, gfloat *intensities, guint count)
{
  for (guint i = 0; i < n; i++)
    steps[i].transform->curve (steps[i].numbers, intensities, count);
}

static void
bend_8 (const VoxelAugmentStep *steps, guint n, const VoxelAugmentPicture *picture)
{
  gfloat intensities[256];
  guint8 table[256];

  for (guint v = 0; v < 256; v++)
    intensities[v] = (gfloat) v / 255;
  bend (steps, n, intensities, 256);
  for (guint v = 0; v < 256; v++)
    table[v] = (guint8) (intensities[v] * 255 + .5f);
  for (guint y = 0; y < picture->height; y++)
    voxel_rows ()->tones->map_8 (table, picture->pixels + y * picture->stride, picture->width);
}

static void
bend_16 (const VoxelAugmentStep *steps, guint n, const VoxelAugmentPicture *picture)
{
  gfloat intensities[CURVE_PIECE];

  for (guint y = 0; y < picture->height; y++) {
    guint16 *row = (guint16 *) (gpointer) (picture->pixels + y * picture->stride);

    for (guint x = 0, count; x < picture->width; x += count) {
      count = MIN (picture->width - x, CURVE_PIECE);
      voxel_rows ()->tones->floats_16 (row + x, count, 1.f / 65535, intensities);
      bend (steps, n, intensities, count);
      voxel_rows ()->tones->pixels_16 (intensities, count, 65535, row + x);
    }
  }
}

static void
apply_tones (const VoxelAugmentSample *sample, VoxelAugmentScratch *scratch,
             const VoxelAugmentPicture *picture, guint which)
{
  for (guint i = 0, n; i < sample->n; i += n) {
    const VoxelAugmentStep *step = &sample->steps[i];
    VoxelRandom random = step->random;

    for (n = 0; i + n < sample->n && step[n].transform->curve; n++)
      ;
    if (n > 0 && picture->pixel_size == 1)
      bend_8 (step, n, picture);
    else if (n > 0)
      bend_16 (step, n, picture);
    else if (step->transform->filter)
      step->transform->filter (step->numbers, &random, which, picture, scratch);
    n = MAX (n, 1);
  }
}

static void
copy (const VoxelAugmentPicture *from, const VoxelAugmentPicture *to)
{
  for (guint y = 0; y < to->height; y++)
    memcpy (to->pixels + y * to->stride, from->pixels + y * from->stride, (gsize) to->width * to->pixel_size);
}

/**
 * voxel_augment_sample_apply:
 * @sample: what to do
 * @scratch: memory of this thread
 * @images: (array length=n_images): pictures of the same size; the label is that of the first
 * @images_out: (array length=n_images): where the results go, all of the same size; they overlap no other
 * @n_images: how many
 * @label: (nullable): the label
 * @label_out: (nullable): where the label goes
 *
 * Nothing depends on what @scratch was used for before.
 */
void
voxel_augment_sample_apply (const VoxelAugmentSample *sample, VoxelAugmentScratch *scratch,
                            const VoxelAugmentPicture *images, const VoxelAugmentPicture *images_out,
                            guint n_images, const VoxelAugmentPicture *label,
                            const VoxelAugmentPicture *label_out)
{
  VoxelAugmentGeometry geometry;
  gboolean moves;

  get_geometry (sample, &geometry, images_out->width, images_out->height);
  moves = voxel_augment_geometry_moves (&geometry, images->width, images->height);
  if (moves && !scratch->resampler)
    scratch->resampler = voxel_augment_resampler_new ();
  for (guint i = 0; i < n_images; i++) {
    if (moves)
      voxel_augment_resample (scratch->resampler, &geometry, &images[i], &images_out[i],
                              i == 0 ? label : NULL, i == 0 ? label_out : NULL);
    else
      copy (&images[i], &images_out[i]);
    apply_tones (sample, scratch, &images_out[i], i);
  }
  if (!moves && label)
    copy (label, label_out);
}
