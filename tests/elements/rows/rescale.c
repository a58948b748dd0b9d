/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/rows/rows.h"

#include <math.h>
#include <string.h>

#include "models/cpu/isa.h"

#define MOST 150u
#define MOST_TAPS 9u
#define GUARD 0x5a

/* One product and one sum at a time, as all instruction sets have to do it. */
static gfloat
blended (const gfloat *values, const gfloat *weights, guint n)
{
  volatile gfloat sum = values[0] * weights[0];

  for (guint k = 1; k < n; k++) {
    volatile gfloat product = values[k] * weights[k];

    sum = sum + product;
  }
  return sum;
}

static guint
rounded (gfloat value, gdouble top)
{
  return (guint) floor (CLAMP ((gdouble) (value + .5f), 0., top));
}

/* Of a few weights, some of them negative, the sum is about 1. */
static void
draw_weights (gfloat *weights, guint n)
{
  for (guint k = 0; k < n; k++)
    weights[k] = (gfloat) g_test_rand_double_range (-.3, 1.3) / (gfloat) n * 2.f;
}

static void
test_sum (gconstpointer data)
{
  const VoxelRows *loops = data;
  g_autofree guint8 *bytes = g_malloc (MOST_TAPS * MOST);
  g_autofree guint16 *words = g_new (guint16, MOST_TAPS * MOST);
  g_autofree gfloat *floats = g_new (gfloat, MOST_TAPS * MOST);

  for (guint i = 0; i < MOST_TAPS * MOST; i++) {
    bytes[i] = (guint8) g_test_rand_int ();
    words[i] = (guint16) g_test_rand_int ();
    floats[i] = (gfloat) g_test_rand_double_range (-9000, 80000);
  }
  for (guint n = 1; n <= MOST_TAPS; n++)
    for (guint width = 1; width < MOST - 1; width++) {
      const guint8 *rows_8[MOST_TAPS];
      const guint16 *rows_16[MOST_TAPS];
      const gfloat *rows[MOST_TAPS];
      gfloat weights[MOST_TAPS], from_8[MOST], from_16[MOST];
      guint8 to_8[MOST], mask[MOST];
      guint16 to_16[MOST];

      draw_weights (weights, n);
      for (guint k = 0; k < n; k++) {
        rows_8[k] = bytes + k * MOST + k % 2;
        rows_16[k] = words + k * MOST + k % 2;
        rows[k] = floats + k * MOST + k % 2;
      }
      from_8[width] = from_16[width] = GUARD;
      to_8[width] = mask[width] = GUARD;
      to_16[width] = GUARD;
      loops->sum_8 (rows_8, weights, n, width, from_8);
      loops->sum_16 (rows_16, weights, n, width, from_16);
      loops->sum_to_8 (rows, weights, n, width, to_8);
      loops->sum_to_16 (rows, weights, n, width, to_16);
      loops->sum_to_mask (rows, weights, n, width, mask);
      for (guint x = 0; x < width; x++) {
        gfloat values_8[MOST_TAPS], values_16[MOST_TAPS], values[MOST_TAPS], sum;

        for (guint k = 0; k < n; k++) {
          values_8[k] = rows_8[k][x];
          values_16[k] = GUINT16_FROM_LE (rows_16[k][x]);
          values[k] = rows[k][x];
        }
        sum = blended (values, weights, n);
        g_assert_cmpfloat (from_8[x], ==, blended (values_8, weights, n));
        g_assert_cmpfloat (from_16[x], ==, blended (values_16, weights, n));
        g_assert_cmpuint (to_8[x], ==, rounded (sum, 255.));
        g_assert_cmpuint (GUINT16_FROM_LE (to_16[x]), ==, rounded (sum, 65535.));
        g_assert_cmpuint (mask[x], ==, sum >= 127.5f - 0x1p-8f ? 255 : 0);
      }
      g_assert_cmpfloat (from_8[width], ==, GUARD);
      g_assert_cmpfloat (from_16[width], ==, GUARD);
      g_assert_cmpuint (to_8[width] + mask[width] + to_16[width], ==, 3 * GUARD);
    }
}

/* From many of one to one of many. */
static void
test_resample (gconstpointer data)
{
  const VoxelRows *loops = data;
  g_autofree gfloat *row = g_new0 (gfloat, 8 * MOST + MOST_TAPS + VOXEL_ROWS_BEHIND);

  for (guint i = 0; i < 8 * MOST + MOST_TAPS; i++)
    row[i] = (gfloat) g_test_rand_double_range (-9000, 80000);
  for (guint n = 1; n <= MOST_TAPS; n++)
    for (guint width = 1; width < MOST; width++) {
      gdouble ratio = exp (g_test_rand_double_range (-2, 2));
      gfloat weights[MOST_TAPS * MOST], out[MOST + 1];
      gint first[MOST];

      for (guint x = 0; x < width; x++)
        first[x] = (gint) (x * ratio);
      for (guint k = 0; k < n; k++)
        draw_weights (weights + k * width, width);
      out[width] = GUARD;
      loops->resample (row, first, weights, n, width, out);
      for (guint x = 0; x < width; x++) {
        gfloat own[MOST_TAPS];

        for (guint k = 0; k < n; k++)
          own[k] = weights[k * width + x];
        g_assert_cmpfloat (out[x], ==, blended (row + first[x], own, n));
      }
      g_assert_cmpfloat (out[width], ==, GUARD);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint lanes = 4; lanes <= voxel_cpu_kernels ()->lanes; lanes *= 2) {
    g_autofree gchar *sum_path = g_strdup_printf ("/rows/%u/sum", lanes);
    g_autofree gchar *resample = g_strdup_printf ("/rows/%u/resample", lanes);

    g_test_add_data_func (sum_path, voxel_rows_for_lanes (lanes), test_sum);
    g_test_add_data_func (resample, voxel_rows_for_lanes (lanes), test_resample);
  }
  return g_test_run ();
}
