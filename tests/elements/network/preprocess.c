/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/preprocess.h"

#include <math.h>

#include "elements/network/score-code.h"
#include "elements/tiles/reflect.h"

static const VoxelPreprocess origin = {
    .zscore = (gchar *) "slice",
    .epsilon = 1e-5,
    .clip_low = -3.,
    .clip_high = 5.,
    .clip_slope = 1e-3,
    .channels = (gchar *) "replicate",
};

/* The formula in double, for one pixel. */
static gdouble
expected (gdouble v, gdouble mean, gdouble stddev)
{
  gdouble z = (v - mean) / (stddev + 1e-5);

  if (z > 5.)
    return 5. + (z - 5.) / 1000.;
  return z < -3. ? -3. + (z + 3.) / 1000. : z;
}

static void
test_map (void)
{
  guint16 words[300];
  guint8 bytes[300];
  gfloat out[320], part[20];
  VoxelPreprocessMap map;

  for (guint i = 0; i < 300; i++) {
    words[i] = GUINT16_TO_LE ((guint16) (i * 218));
    bytes[i] = (guint8) i;
  }
  voxel_preprocess_map (&origin, 9000., 4000., 65535, &map);
  voxel_preprocess_row (&map, words, 2, 300, 0, 320, out);
  for (guint i = 0; i < 300; i++)
    g_assert_cmpfloat_with_epsilon (out[i], expected (i * 218, 9000., 4000.), 2e-5);
  for (guint i = 300; i < 320; i++)
    g_assert_cmpfloat (out[i], ==, out[598 - i]);
  voxel_preprocess_row (&map, words, 2, 300, 296, 20, part);
  g_assert_cmpmem (part, sizeof part, out + 296, sizeof part);

  voxel_preprocess_map (&origin, 120., 20., 255, &map);
  voxel_preprocess_row (&map, bytes, 1, 256, 0, 256, out);
  for (guint i = 0; i < 256; i++)
    g_assert_cmpfloat_with_epsilon (out[i], expected (i, 120., 20.), 2e-5);
}

static void
test_none (void)
{
  VoxelPreprocess plain = origin;
  const guint8 pixels[] = {0, 51, 255};
  VoxelPreprocessMap map;
  gfloat out[3];

  plain.zscore = (gchar *) "none";
  voxel_preprocess_map (&plain, NAN, NAN, 255, &map);
  voxel_preprocess_row (&map, pixels, 1, 3, 0, 3, out);
  g_assert_cmpfloat (out[0], ==, 0.f);
  g_assert_cmpfloat_with_epsilon (out[1], .2, 1e-7);
  g_assert_cmpfloat_with_epsilon (out[2], 1., 1e-7);
}

/* A picture of one value has no deviation: zeros, not infinities. */
static void
test_constant (void)
{
  const guint16 pixels[] = {GUINT16_TO_LE (700), GUINT16_TO_LE (700)};
  VoxelPreprocess sharp = origin;
  VoxelPreprocessMap map;
  gdouble mean, stddev;
  gfloat out[2];

  sharp.epsilon = 0.;
  voxel_preprocess_statistics (pixels, 2, 2, 1, 4, &mean, &stddev);
  g_assert_cmpfloat (mean, ==, 700.);
  g_assert_cmpfloat (stddev, ==, 0.);
  voxel_preprocess_map (&origin, mean, stddev, 65535, &map);
  voxel_preprocess_row (&map, pixels, 2, 2, 0, 2, out);
  g_assert_cmpfloat (fabsf (out[0]), <, 10.f);
  voxel_preprocess_map (&sharp, mean, stddev, 65535, &map);
  voxel_preprocess_row (&map, pixels, 2, 2, 0, 2, out);
  g_assert_true (isfinite (out[0]));
}

static void
test_statistics (void)
{
  guint16 pixels[13 * 16];
  gdouble mean, stddev, sum = 0., squares = 0.;

  for (guint i = 0; i < G_N_ELEMENTS (pixels); i++)
    pixels[i] = GUINT16_TO_LE ((guint16) g_test_rand_int_range (0, 65536));
  for (guint y = 0; y < 13; y++) {
    for (guint x = 0; x < 11; x++)
      sum += GUINT16_FROM_LE (pixels[y * 16 + x]) / 143.;
  }
  for (guint y = 0; y < 13; y++) {
    for (guint x = 0; x < 11; x++)
      squares += pow (GUINT16_FROM_LE (pixels[y * 16 + x]) - sum, 2.) / 143.;
  }
  voxel_preprocess_statistics (pixels, 2, 11, 13, 32, &mean, &stddev);
  g_assert_cmpfloat_with_epsilon (mean, sum, 1e-6);
  g_assert_cmpfloat_with_epsilon (stddev, sqrt (squares), 1e-6);
}

static void
test_reflect (void)
{
  const guint expect[] = {0, 1, 2, 1, 0, 1, 2, 1};

  for (guint i = 0; i < G_N_ELEMENTS (expect); i++)
    g_assert_cmpuint (voxel_reflect_index (i, 3), ==, expect[i]);
  g_assert_cmpuint (voxel_reflect_index (7, 1), ==, 0);
}

static void
test_channels (void)
{
  VoxelPreprocess neighbours = origin;
  g_autoptr (GError) error = NULL;

  neighbours.channels = (gchar *) "neighbours";
  for (guint channels = 1; channels <= 5; channels++) {
    g_assert_true (voxel_preprocess_check (&origin, channels, &error));
    g_assert_cmpuint (voxel_preprocess_planes (&origin, channels), ==, 1);
    g_assert_cmpuint (voxel_preprocess_planes (&neighbours, channels), ==, channels);
  }
  g_assert_no_error (error);
  g_assert_true (voxel_preprocess_check (&neighbours, 3, &error));
  g_assert_false (voxel_preprocess_check (&neighbours, 4, &error));
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD);
  g_assert_nonnull (strstr (error->message, "preprocess.channels"));
}

static void
test_codes (void)
{
  const gfloat logits[] = {0.f, 1.f, -1.f, 1.f / 4096, 3.f / 4096, 15.9999f, 16.f, 1e30f, -16.f, -1e30f};
  const guint16 expect[] = {32768, 34816, 30720, 32768, 32770, 65535, 65535, 65535, 0, 0};
  gfloat bad[] = {0.f, NAN, 1.f, INFINITY};
  guint16 codes[G_N_ELEMENTS (logits)];

  g_assert_true (voxel_score_code_row (logits, G_N_ELEMENTS (logits), codes));
  for (guint i = 0; i < G_N_ELEMENTS (logits); i++)
    g_assert_cmpuint (GUINT16_FROM_LE (codes[i]), ==, expect[i]);
  g_assert_false (voxel_score_code_row (bad, 2, codes));
  g_assert_false (voxel_score_code_row (bad + 2, 2, codes));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/preprocess/map", test_map);
  g_test_add_func ("/network/preprocess/none", test_none);
  g_test_add_func ("/network/preprocess/constant", test_constant);
  g_test_add_func ("/network/preprocess/statistics", test_statistics);
  g_test_add_func ("/network/preprocess/reflect", test_reflect);
  g_test_add_func ("/network/preprocess/channels", test_channels);
  g_test_add_func ("/network/score-code", test_codes);
  return g_test_run ();
}
