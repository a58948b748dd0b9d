/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Each instruction set against plain C: to the bit where that is promised. */

#include "elements/rows/rows.h"

#include <math.h>
#include <string.h>

#include "models/cpu/isa.h"

#define MOST 333
#define WIDTHS 80
#define TAPS 5

static guint
each_width (guint i)
{
  return i < 70 ? i : MOST - (i - 70);
}

/* Every width of a row, with whatever stands behind it. */
static void
fill (guint16 *words, guint n)
{
  for (guint i = 0; i < n; i++)
    words[i] = (guint16) g_test_rand_int ();
}

static void
test_map (gconstpointer data)
{
  const VoxelToneRows *rows = ((const VoxelRows *) data)->tones;
  guint8 table[256], row[MOST + 2], before[MOST + 2];

  for (guint i = 0; i < 256; i++)
    table[i] = (guint8) (i * 37 + 11);
  for (guint i = 0; i < WIDTHS; i++) {
    guint width = each_width (i), at = i % 2;

    for (guint x = 0; x < sizeof row; x++)
      row[x] = (guint8) g_test_rand_int ();
    memcpy (before, row, sizeof row);
    rows->map_8 (table, row + at, width);
    for (guint x = 0; x < sizeof row; x++)
      g_assert_cmpuint (row[x], ==, x >= at && x < at + width ? table[before[x]] : before[x]);
  }
}

static void
test_power (gconstpointer data)
{
  const VoxelToneRows *rows = ((const VoxelRows *) data)->tones, *base = voxel_rows_for_lanes (4)->tones;
  const gfloat exponents[] = {.05f, .8f, 1, 1.2f, 20};
  gfloat values[4096 + 1], same[4096 + 1];

  for (guint i = 0; i < G_N_ELEMENTS (exponents); i++) {
    for (guint k = 0; k <= 4096; k++)
      values[k] = same[k] = (gfloat) k / 4096;
    rows->power (values, 4097, exponents[i]);
    base->power (same, 4097, exponents[i]);
    g_assert_cmpmem (values, sizeof values, same, sizeof same);
    for (guint k = 0; k <= 4096; k++)
      g_assert_cmpfloat (fabs (values[k] - pow (k / 4096., exponents[i])), <=, 1e-6);
    g_assert_cmpfloat (values[0], ==, 0);
    g_assert_cmpfloat (values[4096], ==, 1);
  }
}

static void
test_line (gconstpointer data)
{
  const VoxelToneRows *rows = ((const VoxelRows *) data)->tones;
  guint16 words[MOST], back[MOST + 1];
  gfloat floats[MOST + 1];

  for (guint i = 0; i < WIDTHS; i++) {
    guint width = each_width (i);

    fill (words, MOST);
    back[width] = 77;
    floats[width] = -7;
    rows->floats_16 (words, width, 1.f / 65535, floats);
    rows->line (floats, width, 1.5f, -.25f);
    rows->pixels_16 (floats, width, 65535, back);
    for (guint x = 0; x < width; x++) {
      gfloat unit = (gfloat) GUINT16_FROM_LE (words[x]) * (1.f / 65535);
      volatile gfloat product = unit * 1.5f, value = product + -.25f, large;

      value = CLAMP (value, 0, 1);
      large = value * 65535;
      large = large + .5f;
      g_assert_cmpfloat (floats[x], ==, value);
      g_assert_cmpuint (GUINT16_FROM_LE (back[x]), ==, (guint) large);
    }
    g_assert_cmpuint (back[width], ==, 77);
    g_assert_cmpfloat (floats[width], ==, -7);
  }
}

static void
test_widen (gconstpointer data)
{
  const VoxelToneRows *rows = ((const VoxelRows *) data)->tones;
  guint8 bytes[MOST], back[MOST + 1];
  guint16 words[MOST + 1];

  for (guint i = 0; i < 2 * WIDTHS; i++) {
    guint width = each_width (i / 2), shift = i % 2 * 7;

    for (guint x = 0; x < width; x++)
      bytes[x] = (guint8) g_test_rand_int ();
    words[width] = 77;
    back[width] = 78;
    rows->widen_8 (bytes, width, shift, words);
    for (guint x = 0; x < width; x++) {
      g_assert_cmpuint (GUINT16_FROM_LE (words[x]), ==, (guint) bytes[x] << shift);
      /* As far from the whole pixel as it may be. */
      words[x] = GUINT16_TO_LE ((guint16) (GUINT16_FROM_LE (words[x]) + (x % 2 ? 1u << shift >> 1 : 0)));
    }
    rows->narrow_8 (words, width, shift, back);
    for (guint x = 0; x < width; x++)
      g_assert_cmpuint (back[x], ==, (guint8) (bytes[x] + (shift > 0 && x % 2)));
    g_assert_cmpuint (words[width], ==, 77);
    g_assert_cmpuint (back[width], ==, 78);
  }
}

static void
test_mean (gconstpointer data)
{
  const VoxelToneRows *rows = ((const VoxelRows *) data)->tones;
  guint16 words[15][MOST + 1 + VOXEL_TONE_ROWS_SLACK];
  guint8 out[MOST + 1];

  for (guint i = 0; i < 15 * WIDTHS; i++) {
    guint width = each_width (i / 15), n = 1 + i % 15;
    const guint16 *pointers[15];

    for (guint k = 0; k < n; k++) {
      pointers[k] = words[k] + k % 2;
      for (guint x = 0; x < width; x++)
        words[k][x + k % 2] = GUINT16_TO_LE ((guint16) (x % 5 ? g_test_rand_int_range (0, 256) : 255));
    }
    out[width] = 78;
    rows->mean_8 (pointers, n, width, out);
    for (guint x = 0; x < width; x++) {
      guint sum = n / 2;

      for (guint k = 0; k < n; k++)
        sum += GUINT16_FROM_LE (pointers[k][x]);
      g_assert_cmpuint (out[x], ==, sum / n);
    }
    g_assert_cmpuint (out[width], ==, 78);
  }
}

static void
test_weigh (gconstpointer data)
{
  const VoxelToneRows *rows = ((const VoxelRows *) data)->tones;
  const guint16 weights[TAPS] = {5000, 9000, 12000, 6000, 768};
  const gfloat float_weights[TAPS] = {.25f, .125f, .0625f, .03f, .02f};
  guint16 words[2 * TAPS][MOST + 1 + VOXEL_TONE_ROWS_SLACK], out[MOST + VOXEL_TONE_ROWS_SLACK];
  gfloat floats[2 * TAPS][MOST + 1 + VOXEL_TONE_ROWS_SLACK], float_out[MOST + VOXEL_TONE_ROWS_SLACK];

  for (guint i = 0; i < WIDTHS; i++) {
    guint width = each_width (i), at = i % 2, n = 1 + i % TAPS;
    const guint16 *before[TAPS], *behind[TAPS];
    const gfloat *float_before[TAPS], *float_behind[TAPS];

    for (guint k = 0; k < 2 * TAPS; k++)
      for (guint x = 0; x < MOST + 1 + VOXEL_TONE_ROWS_SLACK; x++) {
        words[k][x] = GUINT16_TO_LE ((guint16) g_test_rand_int_range (0, 32641));
        floats[k][x] = (gfloat) g_test_rand_double_range (0, 65535);
      }
    for (guint k = 0; k < TAPS; k++) {
      before[k] = words[k] + at;
      behind[k] = words[TAPS + k];
      float_before[k] = floats[k] + at;
      float_behind[k] = floats[TAPS + k];
    }
    rows->weigh_8 (before, behind, weights, n, width, out);
    rows->weigh_16 (float_before, float_behind, float_weights, n, width, float_out);
    for (guint x = 0; x < width; x++) {
      guint sum = n / 2;
      volatile gfloat float_sum = 0, term;

      for (guint k = 0; k < n; k++) {
        sum += (GUINT16_FROM_LE (before[k][x]) + GUINT16_FROM_LE (behind[k][x])) * weights[k] >> 16;
        term = float_before[k][x] + float_behind[k][x];
        term = term * float_weights[k];
        float_sum = float_sum + term;
      }
      g_assert_cmpuint (GUINT16_FROM_LE (out[x]), ==, sum);
      g_assert_cmpfloat (float_out[x], ==, float_sum);
    }
  }
}

/* The same on all, and a row in parts as the row at once. */
static void
test_noise (gconstpointer data)
{
  const VoxelToneRows *rows = ((const VoxelRows *) data)->tones, *base = voxel_rows_for_lanes (4)->tones;
  const VoxelToneNoise noises[] = {{{1, 2}, .9f, 12.5f, 30}, {{0xdeadbeef, 7}, .5f, 20000, 15000}};
  guint16 words[MOST + 1], same[MOST + 1];

  for (guint i = 0; i < WIDTHS; i++) {
    guint width = each_width (i), half = width / 3;
    guint32 place = g_test_rand_int ();
    const VoxelToneNoise *noise = &noises[i % 2];
    guint8 *bytes = (guint8 *) words, *same_bytes = (guint8 *) same;

    fill (words, MOST + 1);
    memcpy (same, words, sizeof same);
    rows->noise_16 (noise, place, words, width);
    base->noise_16 (noise, place, same, half);
    base->noise_16 (noise, place + half, same + half, width - half);
    g_assert_cmpmem (words, sizeof words, same, sizeof same);
    rows->noise_8 (noise, place, bytes, width);
    base->noise_8 (noise, place, same_bytes, half);
    base->noise_8 (noise, place + half, same_bytes + half, width - half);
    g_assert_cmpmem (words, sizeof words, same, sizeof same);
  }
}

int
main (int argc, char **argv)
{
  const struct {
    const gchar *name;
    GTestDataFunc func;
  } tests[] = {{"map", test_map},   {"power", test_power}, {"line", test_line},  {"widen", test_widen},
               {"mean", test_mean}, {"weigh", test_weigh}, {"noise", test_noise}};

  g_test_init (&argc, &argv, NULL);
  for (guint lanes = 4; lanes <= voxel_cpu_kernels ()->lanes; lanes *= 2)
    for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
      g_autofree gchar *path = g_strdup_printf ("/tones/%u/%s", lanes, tests[i].name);

      g_test_add_data_func (path, voxel_rows_for_lanes (lanes), tests[i].func);
    }
  return g_test_run ();
}
