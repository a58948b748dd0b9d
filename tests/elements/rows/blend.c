/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <math.h>
#include <string.h>

#include "elements/rows/rows.h"
#include "models/cpu/isa.h"

#define LENGTH 131
#define GUARD 0xA5

/* The largest sum of magnitudes that a cubic has, one pixel alone, one between two, and any. */
static const gfloat cubic[][4] = {{-.09375f, .59375f, .59375f, -.09375f},
                                  {0, 1, 0, 0},
                                  {-.0703125f, .8671875f, .2265625f, -.0234375f},
                                  {-.03125f, .25f, .85f, -.06875f}};

/* Rows blended twice are the sum in real numbers, to .6, whatever the pixels. */
static void
check (const VoxelRows *rows, const gfloat weights[4], guint taps, guint width)
{
  guint8 pixels[4][4][LENGTH], out[LENGTH + 1];
  gint16 blended[4][LENGTH + 1];
  const gint16 *lines[4];

  for (guint y = 0; y < 4; y++)
    for (guint k = 0; k < 4; k++)
      for (guint x = 0; x < LENGTH; x++)
        pixels[y][k][x] = x % 3 == 2                               ? (guint8) g_test_rand_int ()
                          : (weights[k] * weights[y] > 0) == x % 3 ? 255
                                                                   : 0;
  for (guint y = 0; y < taps; y++) {
    const guint8 *in[4] = {pixels[y][0], pixels[y][1], pixels[y][2], pixels[y][3]};

    memset (blended[y], GUARD, sizeof blended[y]);
    rows->blend_8 (in, weights, taps, width, blended[y]);
    g_assert_cmpmem (&blended[y][width], 2, ((guint8[]){GUARD, GUARD}), 2);
    lines[y] = blended[y];
  }
  out[width] = GUARD;
  rows->finish_8 (lines, weights, taps, width, out);
  g_assert_cmpuint (out[width], ==, GUARD);
  for (guint x = 0; x < width; x++) {
    gdouble sum = 0;

    for (guint y = 0; y < taps; y++)
      for (guint k = 0; k < taps; k++)
        sum += (gdouble) weights[y] * weights[k] * pixels[y][k][x];
    g_assert_cmpfloat (fabs (out[x] - CLAMP (sum, 0, 255)), <, .6);
    if (weights[1] == 1)
      g_assert_cmpuint (out[x], ==, pixels[1][1][x]);
  }
}

static void
test_blend (gconstpointer rows)
{
  for (guint width = 1; width < LENGTH; width++) {
    for (guint i = 0; i < G_N_ELEMENTS (cubic); i++)
      check (rows, cubic[i], 4, width);
    check (rows, (gfloat[]){.3f, .7f, 0, 0}, 2, width);
    check (rows, (gfloat[]){0, 1, 0, 0}, 2, width);
  }
}

/* A pixel alone is what it is in a row, and one instruction set gives what the others do. */
static void
test_same_everywhere (gconstpointer rows)
{
  const VoxelRows *other = voxel_rows_for_lanes (4);
  guint8 pixels[4][LENGTH], here[LENGTH], there[LENGTH], alone;
  gint16 blended[LENGTH], expected[LENGTH];
  const guint8 *in[4] = {pixels[0], pixels[1], pixels[2], pixels[3]};
  const gint16 *lines[4] = {blended, blended, blended, blended};

  for (guint i = 0; i < 1000; i++) {
    const gfloat *weights = cubic[i % G_N_ELEMENTS (cubic)];

    for (guint k = 0; k < 4; k++)
      for (guint x = 0; x < LENGTH; x++)
        pixels[k][x] = (guint8) g_test_rand_int ();
    ((const VoxelRows *) rows)->blend_8 (in, weights, 4, LENGTH, blended);
    other->blend_8 (in, weights, 4, LENGTH, expected);
    g_assert_cmpmem (blended, sizeof blended, expected, sizeof expected);
    ((const VoxelRows *) rows)->finish_8 (lines, weights, 4, LENGTH, here);
    other->finish_8 (lines, weights, 4, LENGTH, there);
    g_assert_cmpmem (here, sizeof here, there, sizeof there);
    for (guint x = 0; x < LENGTH; x++) {
      const guint8 *at[4] = {pixels[0] + x, pixels[1] + x, pixels[2] + x, pixels[3] + x};
      const gint16 *line[4] = {blended + x, blended + x, blended + x, blended + x};
      gint16 one;

      other->blend_8 (at, weights, 4, 1, &one);
      g_assert_cmpint (one, ==, blended[x]);
      other->finish_8 (line, weights, 4, 1, &alone);
      g_assert_cmpuint (alone, ==, here[x]);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint lanes = 4; lanes <= voxel_cpu_kernels ()->lanes; lanes *= 2) {
    g_autofree gchar *blend = g_strdup_printf ("/blend/%u/sums", lanes);
    g_autofree gchar *same = g_strdup_printf ("/blend/%u/same-everywhere", lanes);

    g_test_add_data_func (blend, voxel_rows_for_lanes (lanes), test_blend);
    g_test_add_data_func (same, voxel_rows_for_lanes (lanes), test_same_everywhere);
  }
  return g_test_run ();
}
