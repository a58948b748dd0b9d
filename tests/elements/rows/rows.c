/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/rows/rows.h"

#include <math.h>
#include <string.h>

#include "models/cpu/isa.h"

/* Wider than what any loop takes at a time, and no multiple of it. */
#define MOST 333
#define GUARD 0x5a

/* Every width, from every alignment: what is behind a row stays as it was. */
static guint
each_width (guint i)
{
  return i < 70 ? i : MOST - (i - 70);
}

#define WIDTHS 80

static void
fill_words (guint16 *words, gsize n)
{
  for (gsize i = 0; i < n; i++)
    words[i] = (guint16) g_test_rand_int ();
}

static gfloat
preprocessed (const VoxelPreprocessMap *map, guint pixel)
{
  volatile gfloat difference = (gfloat) pixel - map->zero, value = difference * map->scale, soft;
  gfloat inside = MIN (MAX (value, map->low), map->high);

  soft = value - inside;
  soft = soft * map->slope;
  return inside + soft;
}

static void
test_preprocess (gconstpointer data)
{
  const VoxelRows *rows = data;
  const VoxelPreprocessMap maps[] = {{31000.25f, 1.f / 7001.f, -3.f, 5.f, .001f},
                                     {97.3f, 1.f / 21.7f, -3.f, 5.f, .001f},
                                     {0.f, 1.f / 65535.f, -1e9f, 1e9f, 1.f}};
  guint16 words[MOST + 1];
  gfloat out[MOST + 1];

  for (guint m = 0; m < G_N_ELEMENTS (maps); m++)
    for (guint i = 0; i < WIDTHS; i++) {
      guint width = each_width (i), at = i % 2;

      fill_words (words, MOST + 1);
      out[width] = -7.f;
      rows->preprocess_16 (&maps[m], words + at, width, out);
      for (guint x = 0; x < width; x++)
        g_assert_cmpfloat (out[x], ==, preprocessed (&maps[m], GUINT16_FROM_LE (words[at + x])));
      rows->preprocess_8 (&maps[m], (const guint8 *) words + at, width, out);
      for (guint x = 0; x < width; x++)
        g_assert_cmpfloat (out[x], ==, preprocessed (&maps[m], ((const guint8 *) words)[at + x]));
      g_assert_cmpfloat (out[width], ==, -7.f);
    }
}

static guint16
coded (gfloat logit)
{
  volatile gfloat product = logit * 2048.f, sum = product + 32768.f;

  return (guint16) rint (CLAMP ((gdouble) sum, 0., 65535.));
}

/* Between codes, at halves (which go to the even one), beyond both ends, the largest floats there are. */
static void
test_code (gconstpointer data)
{
  const VoxelRows *rows = data;
  gfloat logits[MOST + 1];
  guint16 codes[MOST + 1];

  for (guint i = 0; i < WIDTHS; i++) {
    guint width = each_width (i);

    for (guint x = 0; x < width; x++) {
      gint kind = g_test_rand_int_range (0, 6);

      logits[x] = kind == 0   ? (gfloat) g_test_rand_double_range (-17, 17)
                  : kind == 1 ? (gfloat) (g_test_rand_int_range (-65536, 65536) / 4096.)
                  : kind == 2 ? (gfloat) g_test_rand_double_range (-1e7, 1e7)
                  : kind == 3 ? (g_test_rand_bit () ? G_MAXFLOAT : -G_MAXFLOAT)
                  : kind == 4 ? -0.f
                              : (gfloat) g_test_rand_double_range (-1e-30, 1e-30);
    }
    codes[width] = GUARD;
    g_assert_true (rows->code (logits, width, codes));
    for (guint x = 0; x < width; x++)
      g_assert_cmpuint (GUINT16_FROM_LE (codes[x]), ==, coded (logits[x]));
    g_assert_cmpuint (codes[width], ==, GUARD);
  }
}

/* Wherever in a row it is. */
static void
test_code_not_finite (gconstpointer data)
{
  const VoxelRows *rows = data;
  const gfloat wrong[] = {NAN, -NAN, INFINITY, -INFINITY};
  gfloat logits[MOST];
  guint16 codes[MOST];

  for (guint x = 0; x < MOST; x++)
    logits[x] = (gfloat) x;
  for (guint x = 0; x < MOST; x++) {
    logits[x] = wrong[x % G_N_ELEMENTS (wrong)];
    g_assert_false (rows->code (logits, MOST, codes));
    logits[x] = (gfloat) x;
  }
  g_assert_true (rows->code (logits, MOST, codes));
}

/* Also where all rows are as high as they can be, and at sums on either side of a whole number. */
static void
test_mean (gconstpointer data)
{
  const VoxelRows *rows = data;
  g_autofree guint16 *pixels = g_new (guint16, 32 * MOST);
  const guint16 *views[32];
  guint16 out[MOST + 1];

  for (guint n = 1; n <= 32; n = n < 9 ? n + 1 : n + 23)
    for (guint i = 0; i < WIDTHS; i++) {
      guint width = each_width (i), base = i % 3 == 0 ? 65535u - 2 : (guint) g_test_rand_int_range (0, 65533);

      fill_words (pixels, n * MOST);
      for (guint v = 0; v < n; v++) {
        views[v] = pixels + v * MOST;
        for (guint x = 0; x < MOST && i % 2; x++)
          pixels[v * MOST + x] = GUINT16_TO_LE ((guint16) (base + g_test_rand_int_range (0, 3)));
      }
      out[width] = GUARD;
      rows->mean (views, n, width, out);
      for (guint x = 0; x < width; x++) {
        guint sum = n / 2;

        for (guint v = 0; v < n; v++)
          sum += GUINT16_FROM_LE (views[v][x]);
        g_assert_cmpuint (GUINT16_FROM_LE (out[x]), ==, sum / n);
      }
      g_assert_cmpuint (out[width], ==, GUARD);
    }
}

static void
test_any (gconstpointer data)
{
  const VoxelRows *rows = data;
  const guint thresholds[] = {0, 1, 127, 128, 255, 256, 32768, 65535, 65536};
  guint16 words[MOST];
  guint8 before[MOST], mask[MOST + 1];

  for (guint t = 0; t < G_N_ELEMENTS (thresholds); t++)
    for (guint i = 0; i < 2 * WIDTHS; i++) {
      guint width = each_width (i / 2);
      gboolean wide = i % 2;

      fill_words (words, MOST);
      for (guint x = 0; x < MOST; x++)
        before[x] = g_test_rand_bit () ? 255 : (guint8) g_test_rand_int_range (0, 2);
      memcpy (mask, before, sizeof before);
      mask[width] = GUARD;
      if (wide)
        rows->any_16 (words, width, thresholds[t], mask);
      else
        rows->any_8 ((const guint8 *) words, width, thresholds[t], mask);
      for (guint x = 0; x < width; x++) {
        guint pixel = wide ? GUINT16_FROM_LE (words[x]) : ((const guint8 *) words)[x];

        g_assert_cmpuint (mask[x], ==, pixel >= thresholds[t] || before[x] == 255 ? 255 : 0);
      }
      g_assert_cmpuint (mask[width], ==, GUARD);
    }
}

static void
test_below (gconstpointer data)
{
  const VoxelRows *rows = data;
  guint16 words[MOST];
  guint8 bytes[MOST];

  for (guint i = 0; i < WIDTHS; i++) {
    guint width = MAX (each_width (i), 1), level = (guint) g_test_rand_int_range (1, 256);
    guint brightest = (guint) g_test_rand_int_range (0, width);

    for (guint x = 0; x < width; x++) {
      bytes[x] = (guint8) g_test_rand_int_range (0, level);
      words[x] = GUINT16_TO_LE ((guint16) (bytes[x] * 256));
    }
    g_assert_true (rows->below_8 (bytes, width, level));
    g_assert_true (rows->below_16 (words, width, level * 256));
    bytes[brightest] = (guint8) level;
    words[brightest] = GUINT16_TO_LE ((guint16) (level * 256));
    g_assert_false (rows->below_8 (bytes, width, level));
    g_assert_false (rows->below_16 (words, width, level * 256));
  }
}

static void
test_turn (gconstpointer data)
{
  const VoxelRows *rows = data;
  g_autofree guint8 *in = g_malloc (4 * 150 * 150), *out = g_malloc (4 * 151 * 150);

  for (guint round = 0; round < 300; round++) {
    guint size = 1u << round % 3, width = (guint) g_test_rand_int_range (1, 150);
    guint height = (guint) g_test_rand_int_range (1, 150);
    gsize from = width * size, to = (height + 1) * size;

    for (gsize i = 0; i < from * height; i++)
      in[i] = (guint8) g_test_rand_int ();
    memset (out, GUARD, to * width);
    rows->transpose (in, (gssize) from, width, height, size, out, (gssize) to);
    for (guint x = 0; x < width; x++) {
      for (guint y = 0; y < height; y++)
        g_assert_true (memcmp (out + x * to + y * size, in + y * from + x * size, size) == 0);
      g_assert_cmpuint (out[x * to + height * size], ==, GUARD);
    }
    memset (out, GUARD, from + 1);
    rows->reverse (in, out, width, size);
    for (guint x = 0; x < width; x++)
      g_assert_true (memcmp (out + x * size, in + (width - 1 - x) * size, size) == 0);
    g_assert_cmpuint (out[from], ==, GUARD);
  }
}

/* Lines that begin and end anywhere in a volume of 2 x 2 x 3 bricks, its layers in any order in memory, or outside:
 * what the narrowest vectors make of them, which tests of the store compare with the definition. */
static void
test_sample (gconstpointer data)
{
  const VoxelRows *rows = data, *base = voxel_rows_for_lanes (4);
  const gsize layer = 6 * VOXEL_BRICK_VOXELS * 2;
  g_autofree guint8 *voxels = g_malloc (2 * layer + VOXEL_BRICK_SLACK);
  const gint64 layers[] = {0, -(gint64) layer, 0};
  VoxelRowsSample volume = {voxels + layer, layers, 3, 1, {0, 0, 0}, {100, 120, 130}, FALSE};
  guint inside = 0;

  fill_words ((guint16 *) voxels, layer + VOXEL_BRICK_SLACK / 2);
  for (guint n = 0; n < 4000; n++) {
    guint width = (guint) g_test_rand_int_range (1, 70), size = n & 1 ? 2 : 1;
    guint8 out[71 * 2], expected[71 * 2];
    gint64 first[3], step[3];
    gboolean in = TRUE;

    for (guint i = 0; i < 3; i++) {
      gint64 last;

      step[i] = (gint64) (g_test_rand_double_range (-1.2, 1.2) * VOXEL_ROWS_ONE);
      first[i] = (gint64) (g_test_rand_double_range (-2, volume.end[i] + 1.) * VOXEL_ROWS_ONE);
      last = first[i] + (width - 1) * step[i];
      in = in && MIN (first[i], last) >= 0 && MAX (first[i], last) < (volume.end[i] - 1) * VOXEL_ROWS_ONE;
    }
    volume.inside = in;
    inside += in;
    memset (out, GUARD, sizeof out);
    memset (expected, GUARD, sizeof expected);
    if (n & 2) {
      (size == 2 ? rows->linear_16 : rows->linear_8) (&volume, first, step, width, out);
      (size == 2 ? base->linear_16 : base->linear_8) (&volume, first, step, width, expected);
    } else {
      (size == 2 ? rows->nearest_16 : rows->nearest_8) (&volume, first, step, width, out);
      (size == 2 ? base->nearest_16 : base->nearest_8) (&volume, first, step, width, expected);
    }
    g_assert_cmpmem (out, sizeof out, expected, sizeof expected);
    g_assert_cmpuint (out[width * size], ==, GUARD);
  }
  g_assert_cmpuint (inside, >, 400);
  g_assert_cmpuint (inside, <, 3600);
}

int
main (int argc, char **argv)
{
  const struct {
    const gchar *name;
    GTestDataFunc func;
  } tests[] = {{"preprocess", test_preprocess},
               {"code", test_code},
               {"code-not-finite", test_code_not_finite},
               {"mean", test_mean},
               {"any", test_any},
               {"below", test_below},
               {"turn", test_turn},
               {"sample", test_sample}};

  g_test_init (&argc, &argv, NULL);
  for (guint lanes = 4; lanes <= voxel_cpu_kernels ()->lanes; lanes *= 2)
    for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
      g_autofree gchar *path = g_strdup_printf ("/rows/%u/%s", lanes, tests[i].name);

      g_test_add_data_func (path, voxel_rows_for_lanes (lanes), tests[i].func);
    }
  return g_test_run ();
}
