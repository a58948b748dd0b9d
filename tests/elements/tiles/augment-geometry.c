/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Against what albumentations 2.0.8 and OpenCV made of the same picture (make-augment-fixtures.py), at fixed parameters. Differences to the peers: OpenCV reads the picture at the nearest 1/32 of a pixel when it distorts and
 * turns, and repeats the outermost pixel when it scales, so there the outermost three are left out. */

#include <string.h>

#include "augment-picture.h"
#include "models/cpu/isa.h"

#define WIDTH 64
#define HEIGHT 48

static const gdouble steps_x[] = {1.3, .7, 1.1, .8, 1.2, .9};
static const gdouble steps_y[] = {.75, 1.25, .9, 1.1, 1.3, .7};

static void
take_fixed_grid (VoxelAugmentGrid *grid)
{
  grid->steps = 5;
  memcpy (grid->x, steps_x, sizeof steps_x);
  memcpy (grid->y, steps_y, sizeof steps_y);
}

static void
test_scale (gconstpointer rows)
{
  const guint scales[] = {80, 125};

  for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
    for (guint deep = 0; deep < 2; deep++) {
      g_autofree gchar *name = g_strdup_printf ("scale-%u%s", scales[i], deep ? "-deep" : "");
      g_auto (VoxelAugmentPicture) image = augment_picture_load (deep ? "deep" : "image"),
                                   expected = augment_picture_load (name), out = {0};
      VoxelAugmentGeometry geometry;

      voxel_augment_geometry_init (&geometry, expected.width, expected.height);
      geometry.scale = scales[i] / 100.0;
      geometry.interpolation = VOXEL_AUGMENT_CUBIC;
      out = augment_picture_resample (rows, &geometry, &image, NULL, NULL);
      /* Deep neighbours differ by up to 25000: half of 1/4096 of it, and rounding. */
      augment_picture_assert_near (&out, &expected, 3, deep ? 4 : 1, deep ? .75 : .05);
    }
}

static void
test_grid (gconstpointer rows)
{
  g_auto (VoxelAugmentPicture) image = augment_picture_load ("image"),
                               expected = augment_picture_load ("grid"), out = {0};
  g_auto (VoxelAugmentPicture) label = augment_picture_load ("label"),
                               expected_label = augment_picture_load ("grid-label"), label_out = {0};
  g_auto (VoxelAugmentPicture) deep = augment_picture_load ("deep"),
                               expected_deep = augment_picture_load ("grid-deep"), deep_out = {0};
  VoxelAugmentGeometry geometry;

  voxel_augment_geometry_init (&geometry, WIDTH, HEIGHT);
  take_fixed_grid (&geometry.grid);
  out = augment_picture_resample (rows, &geometry, &image, &label, &label_out);
  augment_picture_assert_near (&out, &expected, 0, 2, .5);
  augment_picture_assert_near (&label_out, &expected_label, 0, 0, 0);
  deep_out = augment_picture_resample (rows, &geometry, &deep, NULL, NULL);
  augment_picture_assert_near (&deep_out, &expected_deep, 0, 512, 100);
}

static void
test_rotate (gconstpointer rows)
{
  g_auto (VoxelAugmentPicture) image = augment_picture_load ("image"), label = augment_picture_load ("label"),
                               deep = augment_picture_load ("deep");
  g_auto (VoxelAugmentPicture) linear = augment_picture_load ("rotate"),
                               cubic = augment_picture_load ("rotate-cubic");
  g_auto (VoxelAugmentPicture) expected_label = augment_picture_load ("rotate-label"),
                               expected_deep = augment_picture_load ("rotate-cubic-deep");
  g_auto (VoxelAugmentPicture) linear_out = {0}, cubic_out = {0}, label_out = {0}, deep_out = {0};
  VoxelAugmentGeometry geometry;

  voxel_augment_geometry_init (&geometry, WIDTH, HEIGHT);
  geometry.angle = 30;
  linear_out = augment_picture_resample (rows, &geometry, &image, &label, &label_out);
  augment_picture_assert_near (&linear_out, &linear, 0, 2, .5);
  augment_picture_assert_near (&label_out, &expected_label, 0, 0, 0);
  geometry.interpolation = VOXEL_AUGMENT_CUBIC;
  cubic_out = augment_picture_resample (rows, &geometry, &image, NULL, NULL);
  augment_picture_assert_near (&cubic_out, &cubic, 0, 2, .5);
  deep_out = augment_picture_resample (rows, &geometry, &deep, NULL, NULL);
  augment_picture_assert_near (&deep_out, &expected_deep, 0, 512, 100);
}

static void
test_turns (gconstpointer rows)
{
  g_auto (VoxelAugmentPicture) image = augment_picture_load ("image");
  const gchar *flips[] = {"flip-horizontal", "flip-vertical"};
  VoxelAugmentGeometry geometry;

  for (guint turns = 0; turns < 4; turns++) {
    g_autofree gchar *name = g_strdup_printf ("turn-%u", turns);
    g_auto (VoxelAugmentPicture) expected = augment_picture_load (name), out = {0};

    voxel_augment_geometry_init (&geometry, expected.width, expected.height);
    geometry.quarter_turns = turns;
    g_assert_cmpint (voxel_augment_geometry_moves (&geometry, WIDTH, HEIGHT), ==, turns != 0);
    out = augment_picture_resample (rows, &geometry, &image, NULL, NULL);
    augment_picture_assert_near (&out, &expected, 0, 0, 0);
  }
  for (guint flip = 0; flip < 2; flip++) {
    g_auto (VoxelAugmentPicture) expected = augment_picture_load (flips[flip]), out = {0};

    voxel_augment_geometry_init (&geometry, WIDTH, HEIGHT);
    geometry.flip_horizontal = flip == 0;
    geometry.flip_vertical = flip == 1;
    g_assert_true (voxel_augment_geometry_moves (&geometry, WIDTH, HEIGHT));
    out = augment_picture_resample (rows, &geometry, &image, NULL, NULL);
    augment_picture_assert_near (&out, &expected, 0, 0, 0);
  }
}

int
main (int argc, char **argv)
{
  const struct {
    const gchar *name;
    GTestDataFunc func;
  } tests[] = {{"scale", test_scale}, {"grid", test_grid}, {"rotate", test_rotate}, {"turns", test_turns}};

  g_test_init (&argc, &argv, NULL);
  for (guint lanes = 4; lanes <= voxel_cpu_kernels ()->lanes; lanes *= 2)
    for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
      g_autofree gchar *path = g_strdup_printf ("/augment-geometry/%u/%s", lanes, tests[i].name);

      g_test_add_data_func (path, voxel_rows_for_lanes (lanes), tests[i].func);
    }
  return g_test_run ();
}
