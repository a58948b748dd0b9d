/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/volume/intensity-histogram.h"
#include "elements/volume/intensity-map.h"
#include "elements/volume/intensity-range.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static gint
compare (gconstpointer a, gconstpointer b)
{
  return (gint) * (const guint16 *) a - (gint) * (const guint16 *) b;
}

static guint16 *
random_values (guint n, guint spread)
{
  guint16 *values = g_new (guint16, n);

  for (guint i = 0; i < n; i++)
    values[i] = (guint16) (20000 + g_test_rand_int_range (0, (gint) spread) * g_test_rand_int_range (0, 3));
  return values;
}

static void
test_histogram (void)
{
  for (guint bytes = 1; bytes <= 2; bytes++) {
    g_autoptr (VoxelIntensityHistogram) histogram = voxel_intensity_histogram_new ();
    g_autofree guint64 *expected = g_new0 (guint64, VOXEL_INTENSITY_BINS);
    const guint width = 131, height = 17, stride = 270;
    guint8 pixels[17 * 270];

    for (guint n = 0; n < 2; n++) {
      for (guint i = 0; i < sizeof pixels; i++)
        pixels[i] = (guint8) g_test_rand_int_range (0, 40);
      voxel_intensity_histogram_add (histogram, pixels, stride, width, height, bytes);
      for (guint y = 0; y < height; y++) {
        for (guint x = 0; x < width; x++) {
          const guint8 *at = pixels + y * stride + x * bytes;

          expected[bytes == 1 ? at[0] : at[0] + 256 * at[1]]++;
        }
      }
      g_assert_cmpmem (voxel_intensity_histogram_get_bins (histogram),
                       VOXEL_INTENSITY_BINS * sizeof (guint64), expected,
                       VOXEL_INTENSITY_BINS * sizeof (guint64));
    }
    voxel_intensity_histogram_clear (histogram);
    g_assert_cmpuint (voxel_intensity_histogram_get_bins (histogram)[3], ==, 0);
  }
}

static void
test_percentiles (void)
{
  static const guint counts[] = {1, 7, 999, 1000, 1001, 12345, 54000, 200000};
  static const gdouble ends[][2] = {{.1, 99.9}, {0, 100}, {2, 98}, {10, 50}, {.35, 99.65}};

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++) {
    guint n = counts[i];
    g_autofree guint16 *values = random_values (n, i % 2 ? 9000 : 30);
    g_autoptr (VoxelIntensityHistogram) histogram = voxel_intensity_histogram_new ();

    voxel_intensity_histogram_add (histogram, values, n * 2, n, 1, 2);
    qsort (values, n, sizeof *values, compare);
    for (gsize e = 0; e < G_N_ELEMENTS (ends); e++) {
      /* in hundredths of a percent, so that nothing is rounded */
      guint64 from_below = n * (guint64) lrint (ends[e][0] * 100) / 10000;
      guint64 from_above = n * (guint64) lrint ((100 - ends[e][1]) * 100) / 10000;
      guint low, high;

      g_assert_true (voxel_intensity_percentiles (voxel_intensity_histogram_get_bins (histogram),
                                                  VOXEL_INTENSITY_BINS, ends[e][0], ends[e][1], &low, &high));
      g_assert_cmpuint (low, ==, values[MIN (from_below, n - 1)]);
      g_assert_cmpuint (high, ==, values[n - MAX (from_above, 1)]);
    }
  }
}

/* Where a share is a whole number of values, none is lost by rounding. */
static void
test_whole_shares (void)
{
  g_autofree guint64 *bins = g_new0 (guint64, VOXEL_INTENSITY_BINS);
  guint low, high;

  for (guint value = 0; value < 54000; value++)
    bins[value] = 1;
  g_assert_true (voxel_intensity_percentiles (bins, VOXEL_INTENSITY_BINS, .35, 99.65, &low, &high));
  g_assert_cmpuint (low, ==, 189);
  g_assert_cmpuint (high, ==, 54000 - 189);
}

static void
test_empty (void)
{
  g_autofree guint64 *bins = g_new0 (guint64, VOXEL_INTENSITY_BINS);
  guint low, high;

  g_assert_false (voxel_intensity_percentiles (bins, VOXEL_INTENSITY_BINS, .1, 99.9, &low, &high));
}

/* Half precision by its bits: 10 of fraction, ties to even. */
static gfloat
half (gfloat value)
{
  guint32 bits, rest;

  memcpy (&bits, &value, sizeof bits);
  rest = bits & 0x1fff;
  bits &= ~0x1fffu;
  if (rest > 0x1000 || (rest == 0x1000 && (bits & 0x2000)))
    bits += 0x2000;
  memcpy (&value, &bits, sizeof bits);
  return value;
}

/* The Kaggle entry's load_data_block(), step by step on whole arrays. */
static void
origin (const guint16 *scan, guint8 *out, guint n)
{
  g_autofree guint16 *sorted = g_new (guint16, n);
  g_autofree guint16 *image = g_new (guint16, n);
  guint k = (guint) (n * 1e-3), low, high, min = 255, max = 0;

  for (guint i = 0; i < n; i++)
    image[i] = scan[i] >> 8;
  memcpy (sorted, image, n * sizeof *sorted);
  qsort (sorted, n, sizeof *sorted, compare);
  high = sorted[n - k];
  for (guint i = 0; i < n; i++)
    image[i] = MIN (image[i], (guint16) high);
  memcpy (sorted, image, n * sizeof *sorted);
  qsort (sorted, n, sizeof *sorted, compare);
  low = sorted[k];
  for (guint i = 0; i < n; i++) {
    image[i] = MAX (image[i], (guint16) low);
    min = MIN (min, image[i]);
    max = MAX (max, image[i]);
  }
  for (guint i = 0; i < n; i++)
    out[i] = max == min ? 0 : (guint8) half (half ((gfloat) (image[i] - min) / (gfloat) (max - min)) * 255.f);
}

static void
test_origin (void)
{
  static const guint spreads[] = {2, 400, 3000, 20000};

  for (gsize s = 0; s < G_N_ELEMENTS (spreads); s++) {
    const guint n = 54321;
    g_autofree guint16 *scan = random_values (n, spreads[s]);
    g_autofree guint8 *expected = g_malloc (n);
    g_autofree guint64 *folded = g_new (guint64, VOXEL_INTENSITY_BINS);
    g_autofree VoxelIntensityMap *map = g_new (VoxelIntensityMap, 1);
    g_autoptr (VoxelIntensityHistogram) histogram = voxel_intensity_histogram_new ();
    guint low, high;

    origin (scan, expected, n);
    voxel_intensity_histogram_add (histogram, scan, n * 2, n, 1, 2);
    voxel_intensity_fold (voxel_intensity_histogram_get_bins (histogram), VOXEL_INTENSITY_BINS, 8, folded);
    voxel_intensity_percentiles (folded, 256, .1, 99.9, &low, &high);
    voxel_intensity_map_origin (map, low, high, 8);
    for (guint i = 0; i < n; i++)
      g_assert_cmpuint (map->table[scan[i]], ==, expected[i]);
  }
}

/* Numbers that PyTorch gives for (x - 20) / 87 * 255 in half precision, cut off. */
static void
test_origin_numbers (void)
{
  static const guint8 expected[][2] = {{20, 0}, {21, 2}, {49, 85}, {78, 170}, {106, 252}, {107, 255}};
  g_autofree VoxelIntensityMap *map = g_new (VoxelIntensityMap, 1);

  voxel_intensity_map_origin (map, 20, 107, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpuint (map->table[expected[i][0]], ==, expected[i][1]);
  voxel_intensity_map_origin (map, 7, 7, 8);
  g_assert_cmpuint (map->table[65535], ==, 0);
}

static void
test_linear (void)
{
  g_autofree VoxelIntensityMap *map = g_new (VoxelIntensityMap, 1);

  voxel_intensity_map_linear (map, 1000, 3000, 8);
  g_assert_cmpuint (map->table[0], ==, 0);
  g_assert_cmpuint (map->table[1000], ==, 0);
  g_assert_cmpuint (map->table[1003], ==, 0);
  g_assert_cmpuint (map->table[1004], ==, 1);
  g_assert_cmpuint (map->table[2000], ==, 128);
  g_assert_cmpuint (map->table[3000], ==, 255);
  g_assert_cmpuint (map->table[65535], ==, 255);
  g_assert_false (voxel_intensity_map_is_identity (map, 8));
  voxel_intensity_map_linear (map, 0, 65535, 16);
  g_assert_true (voxel_intensity_map_is_identity (map, 16));
  voxel_intensity_map_linear (map, 0, 255, 8);
  g_assert_true (voxel_intensity_map_is_identity (map, 8));
  voxel_intensity_map_linear (map, -10.5, 10.5, 16);
  g_assert_cmpuint (map->table[0], ==, 32768);
  voxel_intensity_map_linear (map, 5, 5, 16);
  g_assert_cmpuint (map->table[9], ==, 0);
}

static void
test_apply (void)
{
  g_autofree VoxelIntensityMap *map = g_new (VoxelIntensityMap, 1);
  const guint width = 75, height = 31;

  voxel_intensity_map_linear (map, 30, 220, 16);
  for (guint in = 1; in <= 2; in++) {
    for (guint out = 1; out <= 2; out++) {
      g_autofree guint8 *from = g_malloc (height * 160), *to = g_malloc0 (height * 170);
      VoxelIntensityImage source = {from, 160, in}, target = {to, 170, out};
      gdouble sum = 0, squares = 0, mean, stddev, n = width * height, mean_again, stddev_again;

      if (out == 1)
        voxel_intensity_map_linear (map, 30, 220, 8);
      else
        voxel_intensity_map_linear (map, 30, 220, 16);
      for (guint i = 0; i < height * 160; i++)
        from[i] = (guint8) (in == 2 && i % 2 ? 0 : g_test_rand_int_range (0, 256));
      voxel_intensity_map_apply (map, &source, &target, width, height, &mean, &stddev);
      for (guint y = 0; y < height; y++) {
        for (guint x = 0; x < width; x++) {
          guint expected = map->table[from[y * 160 + x * in]];
          guint got = out == 1 ? to[y * 170 + x] : to[y * 170 + x * 2] + 256u * to[y * 170 + x * 2 + 1];

          g_assert_cmpuint (got, ==, expected);
          sum += expected;
        }
      }
      for (guint y = 0; y < height; y++) {
        for (guint x = 0; x < width; x++)
          squares += pow (map->table[from[y * 160 + x * in]] - sum / n, 2);
      }
      g_assert_cmpfloat_with_epsilon (mean, sum / n, 1e-9);
      g_assert_cmpfloat_with_epsilon (stddev, sqrt (squares / n), 1e-6);
      voxel_intensity_measure (&target, width, height, &mean_again, &stddev_again);
      g_assert_cmpfloat (mean, ==, mean_again);
      g_assert_cmpfloat (stddev, ==, stddev_again);
    }
  }
}

/* All pixels there are, through the fast way of whole numbers, against the definition. */
static void
test_line (void)
{
  g_autofree guint16 *ramp = g_new (guint16, VOXEL_INTENSITY_VALUES);
  g_autofree guint8 *out = g_new (guint8, 2 * VOXEL_INTENSITY_VALUES);
  g_autofree VoxelIntensityMap *map = g_new (VoxelIntensityMap, 1);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint v = 0; v < VOXEL_INTENSITY_VALUES; v++)
    ramp[v] = GUINT16_TO_LE ((guint16) v);
  for (guint i = 0; i < 300; i++) {
    guint bits = i % 2 ? 8 : 16, bytes = bits / 8;
    guint low = (guint) g_rand_int_range (random, 0, 65535);
    guint high = i < 4 ? 65535 : (guint) g_rand_int_range (random, (gint) low + 1, 65536);
    VoxelIntensityImage from = {(guint8 *) ramp, 2 * VOXEL_INTENSITY_VALUES, 2};
    VoxelIntensityImage to = {out, bytes * VOXEL_INTENSITY_VALUES, bytes};
    gdouble mean, stddev, sum = 0;

    voxel_intensity_map_linear (map, i < 4 ? 0 : low, high, bits);
    g_assert_cmpint (map->line.span, >, 0);
    voxel_intensity_map_apply (map, &from, &to, VOXEL_INTENSITY_VALUES, 1, &mean, &stddev);
    for (guint v = 0; v < VOXEL_INTENSITY_VALUES; v++) {
      guint value = bytes == 1 ? out[v] : GUINT16_FROM_LE (((guint16 *) (gpointer) out)[v]);

      if (value != map->table[v])
        g_error ("%u of %u..%u, %u bits: %u, not %u", v, low, high, bits, value, map->table[v]);
      sum += value;
    }
    g_assert_cmpfloat_with_epsilon (mean, sum / VOXEL_INTENSITY_VALUES, 1e-9 * mean);
  }
  voxel_intensity_map_linear (map, .5, 100.25, 8);
  g_assert_cmpint (map->line.span, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/intensity/histogram", test_histogram);
  g_test_add_func ("/intensity/percentiles", test_percentiles);
  g_test_add_func ("/intensity/whole-shares", test_whole_shares);
  g_test_add_func ("/intensity/empty", test_empty);
  g_test_add_func ("/intensity/origin", test_origin);
  g_test_add_func ("/intensity/origin-numbers", test_origin_numbers);
  g_test_add_func ("/intensity/linear", test_linear);
  g_test_add_func ("/intensity/apply", test_apply);
  g_test_add_func ("/intensity/line", test_line);
  return g_test_run ();
}
