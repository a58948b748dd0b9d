/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/masks/mask-bits.h"
#include "elements/masks/surface-dice-areas.h"
#include "elements/masks/surface-dice.h"

#include <math.h>
#include <string.h>

#include "random-mask.h"
#include "surface-dice-values.h"

static const gdouble unit[3] = {1, 1, 1};

static void
assert_near (gdouble found, gdouble expected, gdouble relative)
{
  g_assert_cmpfloat_with_epsilon (found, expected, relative * MAX (1, fabs (expected)));
}

static void
test_areas (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (surface_spacings); i++) {
    gdouble areas[VOXEL_SURFACE_CODES];

    voxel_surface_dice_areas (surface_spacings[i], areas);
    for (guint code = 0; code < VOXEL_SURFACE_CODES; code++)
      assert_near (areas[code], surface_areas[i][code], 1e-12);
  }
}

static void
measure (const guint8 *truth, const guint8 *prediction, gsize depth, gsize height, gsize width,
         const gdouble spacing[3], VoxelSurfaceDiceResult *result)
{
  g_autoptr (VoxelSurfaceDice) self = voxel_surface_dice_new (height, width);
  gsize words = voxel_mask_bits_words (width);
  g_autofree guint64 *a = g_new (guint64, height * words);
  g_autofree guint64 *b = g_new (guint64, height * words);

  for (gsize z = 0; z < depth; z++) {
    for (gsize y = 0; y < height; y++) {
      voxel_mask_bits_pack8 (a + y * words, truth + (z * height + y) * width, width, 1);
      voxel_mask_bits_pack8 (b + y * words, prediction + (z * height + y) * width, width, 1);
    }
    voxel_surface_dice_add (self, a, b);
  }
  voxel_surface_dice_finish (self, spacing, result);
}

static void
test_stored (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (surface_values); i++) {
    guint depth = surface_values[i].depth, height = surface_values[i].height, width = surface_values[i].width;
    gsize n = (gsize) depth * height * width;
    g_autofree guint8 *truth = g_malloc (n);
    g_autofree guint8 *prediction = g_malloc (n);
    VoxelSurfaceDiceResult result;

    random_mask_fill (surface_values[i].seed, depth, height, width, surface_values[i].balls,
                      surface_values[i].specks, truth);
    random_mask_fill (surface_values[i].seed + 1, depth, height, width, surface_values[i].balls / 3,
                      surface_values[i].specks + 3, prediction);
    for (gsize k = 0; k < n; k++)
      prediction[k] ^= truth[k];
    measure (truth, prediction, depth, height, width, surface_spacings[surface_values[i].spacing], &result);
    assert_near (result.truth_area, surface_values[i].truth_area, 1e-12);
    assert_near (result.prediction_area, surface_values[i].prediction_area, 1e-12);
    assert_near (result.dice, surface_values[i].dice, 1e-12);
  }
}

/* The definition, cube by cube. */
static gdouble
measure_plainly (const guint8 *masks[2], gint depth, gint height, gint width)
{
  gdouble areas[VOXEL_SURFACE_CODES], all = 0, matched = 0;

  voxel_surface_dice_areas (unit, areas);
  for (gint z = -1; z < depth; z++) {
    for (gint y = -1; y < height; y++) {
      for (gint x = -1; x < width; x++) {
        guint codes[2] = {0, 0};

        for (guint i = 0; i < 16; i++) {
          gint cz = z + (gint) (i >> 2 & 1), cy = y + (gint) (i >> 1 & 1), cx = x + (gint) (i & 1);
          gboolean inside = cz >= 0 && cy >= 0 && cx >= 0 && cz < depth && cy < height && cx < width;

          codes[i / 8] = codes[i / 8] << 1 | (inside && masks[i / 8][(cz * height + cy) * width + cx]);
        }
        all += areas[codes[0]] + areas[codes[1]];
        if (codes[0] % 255 && codes[1] % 255)
          matched += areas[codes[0]] + areas[codes[1]];
      }
    }
  }
  return matched / all;
}

static void
test_random (void)
{
  for (guint round = 0; round < 60; round++) {
    gint depth = g_test_rand_int_range (1, 6), height = g_test_rand_int_range (1, 9);
    gint width = g_test_rand_int_range (1, 200), set = g_test_rand_int_range (1, 100);
    gsize n = (gsize) depth * (gsize) height * (gsize) width;
    g_autofree guint8 *truth = g_malloc (n);
    g_autofree guint8 *prediction = g_malloc (n);
    const guint8 *masks[2] = {truth, prediction};
    VoxelSurfaceDiceResult result;

    for (gsize i = 0; i < n; i++) {
      truth[i] = g_test_rand_int_range (0, 100) < set;
      prediction[i] = g_test_rand_int_range (0, 100) < 70 ? truth[i] : !truth[i];
    }
    truth[0] = 1;
    measure (truth, prediction, (gsize) depth, (gsize) height, (gsize) width, unit, &result);
    assert_near (result.dice, measure_plainly (masks, depth, height, width), 1e-12);
  }
}

static void
test_edges (void)
{
  guint8 empty[8] = {0}, single[8] = {0, 0, 0, 1}, full[8] = {1, 1, 1, 1, 1, 1, 1, 1};
  VoxelSurfaceDiceResult result;

  measure (empty, empty, 2, 2, 2, unit, &result);
  g_assert_true (isnan (result.dice));
  measure (single, empty, 2, 2, 2, unit, &result);
  g_assert_cmpfloat (result.dice, ==, 0);
  assert_near (result.truth_area, 1.7320508075688772, 1e-14);
  measure (empty, single, 2, 2, 2, unit, &result);
  g_assert_cmpfloat (result.dice, ==, 0);
  measure (full, full, 2, 2, 2, unit, &result);
  g_assert_cmpfloat (result.dice, ==, 1);
  measure (full, single, 2, 2, 2, unit, &result);
  g_assert_cmpfloat (result.matched_prediction_area, ==, result.prediction_area * 7 / 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/surface-dice/areas", test_areas);
  g_test_add_func ("/surface-dice/stored", test_stored);
  g_test_add_func ("/surface-dice/random", test_random);
  g_test_add_func ("/surface-dice/edges", test_edges);
  return g_test_run ();
}
