/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What changes intensities, against what albumentations 2.0.8 made of the same picture at the same parameters
 * (make-tone-fixtures.py), and noise against the normal distribution. Albumentations cuts intensities off, here they
 * are rounded: up to 1 more. Pixels of 16 bits go through floats, which err by some thousandths of a pixel's unit: of as
 * many hundred pixels, some are rounded otherwise. */

#include <math.h>
#include <string.h>

#include "augment-picture.h"
#include "elements/tiles/augment-sample.h"

static VoxelAugmentPicture
apply (const gchar *name, const gdouble *numbers, guint n, guint64 seed, const VoxelAugmentPicture *image)
{
  g_autofree VoxelAugmentSample *sample = g_new0 (VoxelAugmentSample, 1);
  VoxelAugmentPicture out = augment_picture_new (image->width, image->height, image->pixel_size);
  VoxelAugmentScratch scratch = {0};

  sample->n = 1;
  sample->steps[0].transform = voxel_augment_transform_find (name);
  g_assert_nonnull (sample->steps[0].transform);
  for (guint i = 0; i < n; i++)
    sample->steps[0].numbers[i] = numbers[i];
  voxel_random_init (&sample->steps[0].random, seed, 1, 0);
  voxel_augment_sample_apply (sample, &scratch, image, &out, 1, NULL, NULL);
  voxel_augment_scratch_clear (&scratch);
  return out;
}

static VoxelAugmentPicture
apply_to (const gchar *name, const gdouble *numbers, guint n, gboolean deep)
{
  g_auto (VoxelAugmentPicture) image = augment_picture_load (deep ? "deep" : "image");

  return apply (name, numbers, n, 1, &image);
}

static void
assert_not_below (const VoxelAugmentPicture *picture, const VoxelAugmentPicture *least)
{
  for (guint y = 0; y < picture->height; y++)
    for (guint x = 0; x < picture->width; x++)
      g_assert_cmpuint (augment_picture_get (picture, x, y), >=, augment_picture_get (least, x, y));
}

static void
test_gamma (void)
{
  const guint tenths[] = {8, 12};

  for (guint i = 0; i < G_N_ELEMENTS (tenths); i++) {
    const gdouble gamma = tenths[i] / 10.;
    g_autofree gchar *name = g_strdup_printf ("tone-gamma-%u", tenths[i]),
                     *deep_name = g_strdup_printf ("tone-gamma-%u-deep", tenths[i]);
    g_auto (VoxelAugmentPicture) expected = augment_picture_load (name),
                                 expected_deep = augment_picture_load (deep_name);
    g_auto (VoxelAugmentPicture) out = apply_to ("gamma", &gamma, 1, FALSE),
                                 deep = apply_to ("gamma", &gamma, 1, TRUE);

    augment_picture_assert_near (&out, &expected, 0, 1, .6);
    assert_not_below (&out, &expected);
    augment_picture_assert_near (&deep, &expected_deep, 0, 1, .05);
  }
}

static void
test_brightness_contrast (void)
{
  const gdouble numbers[] = {-.1, .15};
  g_auto (VoxelAugmentPicture) expected = augment_picture_load ("tone-line"),
                               expected_deep = augment_picture_load ("tone-line-deep");
  g_auto (VoxelAugmentPicture) out = apply_to ("brightness-contrast", numbers, 2, FALSE),
                               deep = apply_to ("brightness-contrast", numbers, 2, TRUE);

  augment_picture_assert_near (&out, &expected, 0, 1, .6);
  assert_not_below (&out, &expected);
  augment_picture_assert_near (&deep, &expected_deep, 0, 1, .05);
}

static void
test_invert (void)
{
  g_auto (VoxelAugmentPicture) expected = augment_picture_load ("tone-invert");
  g_auto (VoxelAugmentPicture) out = apply_to ("invert", NULL, 0, FALSE);

  augment_picture_assert_near (&out, &expected, 0, 0, 0);
}

/* In words and in floats: one pixel of a hundred is rounded otherwise. */
static void
test_gaussian_blur (void)
{
  const guint tenths[] = {5, 13, 28};

  for (guint i = 0; i < G_N_ELEMENTS (tenths); i++) {
    const gdouble sigma = tenths[i] / 10.;
    g_autofree gchar *name = g_strdup_printf ("tone-blur-%u", tenths[i]),
                     *exact = g_strdup_printf ("tone-blur-%u-exact", tenths[i]),
                     *deep_name = g_strdup_printf ("tone-blur-%u-deep", tenths[i]);
    g_auto (VoxelAugmentPicture) expected = augment_picture_load (name),
                                 expected_exact = augment_picture_load (exact),
                                 expected_deep = augment_picture_load (deep_name);
    g_auto (VoxelAugmentPicture) out = apply_to ("gaussian-blur", &sigma, 1, FALSE),
                                 deep = apply_to ("gaussian-blur", &sigma, 1, TRUE);

    augment_picture_assert_near (&out, &expected, 0, 1, .03);
    augment_picture_assert_near (&out, &expected_exact, 0, 1, .03);
    augment_picture_assert_near (&deep, &expected_deep, 0, 1, .05);
  }
}

/* Halves are rounded up here, to even numbers there. */
static void
test_motion_blur (void)
{
  const gdouble motions[][5] = {
      {3, 0, 0, 0, 0}, {5, 30, -.5, 0, 0}, {7, 100, .3, .7, -.4}, {7, 225, 1, -1, 1}};

  for (guint i = 0; i < G_N_ELEMENTS (motions); i++) {
    g_autofree gchar *name = g_strdup_printf ("tone-motion-%u", i),
                     *deep_name = g_strdup_printf ("tone-motion-%u-deep", i);
    g_auto (VoxelAugmentPicture) expected = augment_picture_load (name),
                                 expected_deep = augment_picture_load (deep_name), out = {0}, deep = {0};
    gdouble numbers[5], quarter = floor (motions[i][0] / 2) / 2;

    memcpy (numbers, motions[i], sizeof numbers);
    numbers[3] *= quarter;
    numbers[4] *= quarter;
    out = apply_to ("motion-blur", numbers, 5, FALSE);
    deep = apply_to ("motion-blur", numbers, 5, TRUE);
    augment_picture_assert_near (&out, &expected, 0, 1, .3);
    augment_picture_assert_near (&deep, &expected_deep, 0, 0, 0);
  }
}

/* Mean and variance stay; what was added is normal: skewness 0, fourth moment 3, neighbours independent. Bounds are
 * five deviations of what so many numbers give. */
static void
test_noise (gconstpointer pixel_size)
{
  const guint side = 256, size = GPOINTER_TO_UINT (pixel_size), n = side * side;
  const gdouble rate = .5, scale = 1 / sqrt (1 + rate * rate), unit = size == 1 ? 1 : 257;
  g_auto (VoxelAugmentPicture) image = augment_picture_new (side, side, size), out = {0};
  g_autofree gdouble *noise = g_new (gdouble, n);
  gdouble sums[5] = {0}, beside = 0, below = 0;

  /* Two levels far from either end. */
  for (guint y = 0; y < side; y++)
    for (guint x = 0; x < side; x++)
      augment_picture_set (&image, x, y, (guint) (((x + y) & 8 ? 147 : 107) * unit));
  out = apply ("noise", &rate, 1, 7, &image);
  for (guint y = 0; y < side; y++)
    for (guint x = 0; x < side; x++) {
      gdouble pixel = augment_picture_get (&out, x, y) / unit, z = ((x + y) & 8 ? 20 : -20) * scale;

      noise[y * side + x] = (pixel - 127 - z) / (20 * rate * scale);
      for (guint k = 1; k < 5; k++)
        sums[k] += pow (noise[y * side + x], k) / n;
    }
  for (guint i = 0; i + side < n; i++) {
    beside += noise[i] * noise[i + 1] / n;
    below += noise[i] * noise[i + side] / n;
  }
  /* A pixel of 8 bits adds the variance of its rounding. */
  g_test_message ("moments %g %g %g %g, %g beside, %g below", sums[1], sums[2], sums[3], sums[4], beside,
                  below);
  g_assert_cmpfloat (fabs (sums[1]), <, 5 * sqrt (1. / n));
  g_assert_cmpfloat (fabs (sums[2] - 1 - (size == 1 ? 1 / 12. / 80 : 0)), <, 5 * sqrt (2. / n));
  g_assert_cmpfloat (fabs (sums[3]), <, 5 * sqrt (15. / n));
  g_assert_cmpfloat (fabs (sums[4] / sums[2] / sums[2] - 3), <, 5 * sqrt (96. / n));
  g_assert_cmpfloat (fabs (beside), <, 5 * sqrt (1. / n));
  g_assert_cmpfloat (fabs (below), <, 5 * sqrt (1. / n));
}

/* Fields of different seeds, and of the pictures of one sample, have nothing in common. */
static void
test_noise_fields (void)
{
  const guint side = 256, n = side * side;
  const gdouble rate = 1;
  g_auto (VoxelAugmentPicture) image = augment_picture_new (side, side, 2), one = {0}, two = {0}, again = {0};
  gdouble together = 0, square = 0;

  for (guint y = 0; y < side; y++)
    for (guint x = 0; x < side; x++)
      augment_picture_set (&image, x, y, (x ^ y) & 1 ? 40000 : 20000);
  one = apply ("noise", &rate, 1, 1, &image);
  two = apply ("noise", &rate, 1, 2, &image);
  again = apply ("noise", &rate, 1, 1, &image);
  augment_picture_assert_near (&one, &again, 0, 0, 0);
  for (guint y = 0; y < side; y++)
    for (guint x = 0; x < side; x++) {
      gdouble mean = 30000 + ((x ^ y) & 1 ? 10000 : -10000) / G_SQRT2;
      gdouble a = augment_picture_get (&one, x, y) - mean, b = augment_picture_get (&two, x, y) - mean;

      together += a * b;
      square += a * a;
    }
  g_assert_cmpfloat (fabs (together / square), <, 5 * sqrt (1. / n));
}

static void
test_noise_of_nothing (void)
{
  const gdouble rate = .5;
  g_auto (VoxelAugmentPicture) image = augment_picture_new (33, 9, 1), out = {0};

  for (guint y = 0; y < image.height; y++)
    memset (image.pixels + y * image.stride, 77, image.width);
  out = apply ("noise", &rate, 1, 1, &image);
  augment_picture_assert_near (&out, &image, 0, 0, 0);
}

static void
test_cutout (void)
{
  const gdouble numbers[] = {1, .5};
  g_auto (VoxelAugmentPicture) image = augment_picture_new (64, 48, 2), out = {0};
  guint left = 64, right = 0, top = 48, bottom = 0, black = 0;

  for (guint y = 0; y < image.height; y++)
    for (guint x = 0; x < image.width; x++)
      augment_picture_set (&image, x, y, 1000);
  out = apply ("cutout", numbers, 2, 3, &image);
  for (guint y = 0; y < out.height; y++)
    for (guint x = 0; x < out.width; x++) {
      if (augment_picture_get (&out, x, y) == 1000)
        continue;
      g_assert_cmpuint (augment_picture_get (&out, x, y), ==, 0);
      left = MIN (left, x), right = MAX (right, x + 1), top = MIN (top, y), bottom = MAX (bottom, y + 1);
      black++;
    }
  /* One whole rectangle of half the size to all of it. */
  g_assert_cmpuint (black, ==, (right - left) * (bottom - top));
  g_assert_cmpuint (right - left, >=, 16);
  g_assert_cmpuint (right - left, <=, 32);
  g_assert_cmpuint (bottom - top, >=, 12);
  g_assert_cmpuint (bottom - top, <=, 24);
}

/* The first row's: behind the last one nothing may be touched at all. */
static void
assert_gap_stays (const VoxelAugmentPicture *picture, const VoxelAugmentPicture *before)
{
  if (picture->height > 1)
    g_assert_cmpuint (picture->pixels[picture->stride - 1], ==, before->pixels[before->stride - 1]);
}

/* Pictures smaller than what is blurred, and rows that end anywhere. */
static void
test_sizes (void)
{
  const gdouble sigma = 3, motion[] = {15, 40, 0, 0, 0}, rate = .3;
  const guint sides[][2] = {{1, 1}, {2, 1}, {1, 3}, {3, 2}, {5, 40}, {40, 5}, {65, 3}, {127, 33}, {129, 31}};

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    for (guint size = 1; size <= 2; size++) {
      g_auto (VoxelAugmentPicture) flat = augment_picture_new (sides[i][0], sides[i][1], size), a = {0},
                                   b = {0}, c = {0};

      for (guint y = 0; y < flat.height; y++)
        for (guint x = 0; x < flat.width; x++)
          augment_picture_set (&flat, x, y, size == 1 ? 251 : 64321);
      a = apply ("gaussian-blur", &sigma, 1, 1, &flat);
      b = apply ("motion-blur", motion, 5, 1, &flat);
      c = apply ("noise", &rate, 1, 1, &flat);
      augment_picture_assert_near (&a, &flat, 0, 0, 0);
      augment_picture_assert_near (&b, &flat, 0, 0, 0);
      augment_picture_assert_near (&c, &flat, 0, 0, 0);
      assert_gap_stays (&a, &flat);
      assert_gap_stays (&b, &flat);
      assert_gap_stays (&c, &flat);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tones/gamma", test_gamma);
  g_test_add_func ("/tones/brightness-contrast", test_brightness_contrast);
  g_test_add_func ("/tones/invert", test_invert);
  g_test_add_func ("/tones/gaussian-blur", test_gaussian_blur);
  g_test_add_func ("/tones/motion-blur", test_motion_blur);
  g_test_add_data_func ("/tones/noise/8", GUINT_TO_POINTER (1), test_noise);
  g_test_add_data_func ("/tones/noise/16", GUINT_TO_POINTER (2), test_noise);
  g_test_add_func ("/tones/noise/fields", test_noise_fields);
  g_test_add_func ("/tones/noise/of nothing", test_noise_of_nothing);
  g_test_add_func ("/tones/cutout", test_cutout);
  g_test_add_func ("/tones/sizes", test_sizes);
  return g_test_run ();
}
