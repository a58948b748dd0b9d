/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <math.h>

#include "augment-picture.h"
#include "models/cpu/isa.h"

/* All that resamples gives the same turned before as when it is turned at the end. */
static void
test_turns_come_last (gconstpointer rows)
{
  for (guint turns = 0; turns < 4; turns++)
    for (guint flips = 0; flips < 4; flips++)
      for (guint kind = 0; kind < 4; kind++) {
        g_auto (VoxelAugmentPicture) image = augment_picture_load (kind % 2 ? "deep" : "image"),
                                     label = augment_picture_load ("label");
        g_auto (VoxelAugmentPicture) straight = {0}, straight_label = {0}, turned = {0}, turned_label = {0};
        g_auto (VoxelAugmentPicture) expected = {0}, expected_label = {0};
        VoxelAugmentGeometry geometry, turn;
        VoxelRandom random;

        voxel_augment_geometry_init (&geometry, 52, 40);
        voxel_random_init (&random, 9, 1, 0);
        voxel_augment_grid_draw (&geometry.grid, 5, .3, &random);
        geometry.scale = .8;
        geometry.crop_x = .3;
        geometry.angle = kind < 2 ? 0 : -17;
        geometry.interpolation = kind == 1 ? VOXEL_AUGMENT_LINEAR : VOXEL_AUGMENT_CUBIC;
        straight = augment_picture_resample (rows, &geometry, &image, &label, &straight_label);
        voxel_augment_geometry_init (&turn, turns % 2 ? 40 : 52, turns % 2 ? 52 : 40);
        turn.quarter_turns = geometry.quarter_turns = turns;
        turn.flip_horizontal = geometry.flip_horizontal = flips & 1;
        turn.flip_vertical = geometry.flip_vertical = flips >> 1;
        geometry.width = turn.width;
        geometry.height = turn.height;
        turned = augment_picture_resample (rows, &geometry, &image, &label, &turned_label);
        expected = augment_picture_resample (rows, &turn, &straight, &straight_label, &expected_label);
        augment_picture_assert_near (&turned, &expected, 0, 0, 0);
        augment_picture_assert_near (&turned_label, &expected_label, 0, 0, 0);
      }
}

/* A part of a larger picture is copied, and what lies beyond it is its reflection. */
static void
test_crop (gconstpointer rows)
{
  for (guint size = 1; size <= 2; size++)
    for (guint i = 0; i < 16; i++) {
      g_auto (VoxelAugmentPicture) image = augment_picture_new (90, 70, size),
                                   label = augment_picture_new (90, 70, 1);
      g_auto (VoxelAugmentPicture) out = {0}, label_out = {0};
      const gint left = i < 8 ? (gint) i * 2 : -10 * (gint) (i - 8), top = i < 8 ? 0 : 1;
      VoxelAugmentGeometry geometry;

      augment_picture_fill (&image, i);
      augment_picture_fill_label (&label, i, TRUE);
      voxel_augment_geometry_init (&geometry, i < 8 ? 76 : 160, i < 8 ? 70 : 69);
      geometry.crop_x = i < 8 ? i / 7.0 : (i - 8) / 7.0;
      geometry.crop_y = 1;
      out = augment_picture_resample (rows, &geometry, &image, &label, &label_out);
      for (guint y = 0; y < geometry.height; y++)
        for (guint x = 0; x < geometry.width; x++) {
          gint at = ABS ((gint) x + left) % 178;

          at = at < 90 ? at : 178 - at;
          g_assert_cmpuint (augment_picture_get (&out, x, y), ==,
                            augment_picture_get (&image, (guint) at, y + (guint) top));
          g_assert_cmpuint (augment_picture_get (&label_out, x, y), ==,
                            augment_picture_get (&label, (guint) at, y + (guint) top));
        }
    }
}

static void
draw_geometry (VoxelAugmentGeometry *geometry, guint number)
{
  VoxelRandom random;

  voxel_random_init (&random, number, 3, 0);
  geometry->scale = voxel_random_uniform (&random, .8, 1.25);
  geometry->crop_x = voxel_random_uniform (&random, 0, 1);
  geometry->crop_y = voxel_random_uniform (&random, 0, 1);
  geometry->interpolation = number % 2 ? VOXEL_AUGMENT_CUBIC : VOXEL_AUGMENT_LINEAR;
  if (number % 3 != 0)
    voxel_augment_grid_draw (&geometry->grid, 5, .3, &random);
  if (number % 4 >= 2)
    geometry->angle = voxel_random_uniform (&random, -180, 180);
  if (number % 8 >= 6) {
    geometry->elastic = (VoxelAugmentElastic){.alpha = 120, .sigma = 6};
    voxel_random_init (&geometry->elastic.random, number, 4, 0);
  }
  geometry->quarter_turns = number / 2 % 4;
  geometry->flip_horizontal = number / 3 % 2 == 1;
  geometry->flip_vertical = number / 5 % 2 == 1;
}

/* A label's values stay what they are, and it stays where its image is: the label read as an image and cut at half
 * its height is not shifted (least squares; OpenCV's resize of a label to the
 * nearest would be by .4), and is the label but for the steps of slanted sides, where the nearest pixel and half
 * the height are not the same. */
static void
test_labels (gconstpointer rows)
{
  for (guint number = 0; number < 24; number++) {
    g_auto (VoxelAugmentPicture) mask = augment_picture_new (200, 180, 1),
                                 label = augment_picture_new (200, 180, 1);
    g_auto (VoxelAugmentPicture) as_image = {0}, as_label = {0}, image = {0}, label_out = {0};
    guint differ = 0, shifted = 0, set_pixels = 0, ignored = 0;
    gdouble along_x = 0, along_y = 0, squares_x = 0, squares_y = 0;
    VoxelAugmentGeometry geometry;

    augment_picture_fill_label (&mask, number, FALSE);
    augment_picture_fill_label (&label, number, TRUE);
    voxel_augment_geometry_init (&geometry, 160, 160);
    draw_geometry (&geometry, number);
    as_image = augment_picture_resample (rows, &geometry, &mask, &mask, &as_label);
    image = augment_picture_resample (rows, &geometry, &mask, &label, &label_out);
    for (guint y = 0; y < 160; y++)
      for (guint x = 0; x < 160; x++) {
        guint pixel = augment_picture_get (&label_out, x, y), truth = augment_picture_get (&as_label, x, y);
        gint difference = (augment_picture_get (&as_image, x, y) >= 128) - (truth == 255);

        g_assert_true (pixel == 0 || pixel == 128 || pixel == 255);
        g_assert_true (truth == 0 || truth == 255);
        set_pixels += truth == 255;
        ignored += pixel == 128;
        differ += difference != 0;
        shifted += x > 0 && (augment_picture_get (&as_image, x - 1, y) >= 128) != (truth == 255);
        if (x > 0 && y > 0 && x < 159 && y < 159) {
          gdouble slope_x = ((gdouble) augment_picture_get (&as_label, x + 1, y) -
                             augment_picture_get (&as_label, x - 1, y)) /
                            510;
          gdouble slope_y = ((gdouble) augment_picture_get (&as_label, x, y + 1) -
                             augment_picture_get (&as_label, x, y - 1)) /
                            510;

          along_x += difference * slope_x;
          along_y += difference * slope_y;
          squares_x += slope_x * slope_x;
          squares_y += slope_y * slope_y;
        }
      }
    g_test_message ("%u pixels differ, %u with a shift by one, of %u; shift %.3f, %.3f", differ, shifted,
                    set_pixels, along_x / squares_x, along_y / squares_y);
    g_assert_cmpuint (set_pixels, >, 500);
    g_assert_cmpuint (ignored, >, 50);
    g_assert_cmpuint (4 * differ, <, shifted);
    g_assert_cmpfloat (hypot (along_x / squares_x, along_y / squares_y), <, .2);
  }
}

/* What one instruction set gives, the others do. */
static void
test_same_everywhere (gconstpointer rows)
{
  for (guint number = 0; number < 48; number++)
    for (guint size = 1; size <= 2; size++) {
      const guint sides[][2] = {{160, 160}, {77, 131}, {7, 5}, {1, 3}}, *side = sides[number % 4];
      g_auto (VoxelAugmentPicture) image = augment_picture_new (150, 120, size),
                                   label = augment_picture_new (150, 120, 1);
      g_auto (VoxelAugmentPicture) out = {0}, label_out = {0}, expected = {0}, expected_label = {0};
      VoxelAugmentGeometry geometry;

      augment_picture_fill (&image, number);
      augment_picture_fill_label (&label, number, TRUE);
      voxel_augment_geometry_init (&geometry, side[0], side[1]);
      draw_geometry (&geometry, number);
      if (number % 5 == 4) {
        geometry.scale = number % 2 ? VOXEL_AUGMENT_LEAST_SCALE : VOXEL_AUGMENT_MOST_SCALE;
        geometry.elastic.alpha *= 100;
      }
      out = augment_picture_resample (rows, &geometry, &image, &label, &label_out);
      expected =
          augment_picture_resample (voxel_rows_for_lanes (4), &geometry, &image, &label, &expected_label);
      augment_picture_assert_near (&out, &expected, 0, 0, 0);
      augment_picture_assert_near (&label_out, &expected_label, 0, 0, 0);
    }
}

/* Pictures of hardly any pixels, far beyond their sides. */
static void
test_tiny (gconstpointer rows)
{
  for (guint width = 1; width <= 5; width++)
    for (guint height = 1; height <= 4; height++)
      for (guint number = 0; number < 8; number++) {
        g_auto (VoxelAugmentPicture) image = augment_picture_new (width, height, 1), out = {0},
                                     label_out = {0};
        VoxelAugmentGeometry geometry;
        guint least = 255, most = 0;

        augment_picture_fill_label (&image, number, TRUE);
        for (guint y = 0; y < height; y++)
          for (guint x = 0; x < width; x++) {
            least = MIN (least, augment_picture_get (&image, x, y));
            most = MAX (most, augment_picture_get (&image, x, y));
          }
        voxel_augment_geometry_init (&geometry, 70, 40);
        draw_geometry (&geometry, number);
        geometry.interpolation = VOXEL_AUGMENT_LINEAR;
        out = augment_picture_resample (rows, &geometry, &image, &image, &label_out);
        for (guint y = 0; y < out.height; y++)
          for (guint x = 0; x < out.width; x++) {
            g_assert_cmpuint (augment_picture_get (&out, x, y), >=, least);
            g_assert_cmpuint (augment_picture_get (&out, x, y), <=, most);
            g_assert_cmpuint (augment_picture_get (&label_out, x, y), >=, least);
            g_assert_cmpuint (augment_picture_get (&label_out, x, y), <=, most);
          }
      }
}

/* One resampler for pictures of all sizes gives what a new one gives. */
static void
test_no_memory_of_before (gconstpointer rows)
{
  g_autoptr (VoxelAugmentResampler) resampler = voxel_augment_resampler_new_for_rows (rows);

  for (guint number = 0; number < 16; number++) {
    guint side = number % 2 ? 40 : 160;
    g_auto (VoxelAugmentPicture) image = augment_picture_new (side, side, 1),
                                 out = augment_picture_new (side, side, 1);
    g_auto (VoxelAugmentPicture) expected = {0};
    VoxelAugmentGeometry geometry;

    augment_picture_fill (&image, number);
    voxel_augment_geometry_init (&geometry, side, side);
    draw_geometry (&geometry, number);
    voxel_augment_resample (resampler, &geometry, &image, &out, NULL, NULL);
    expected = augment_picture_resample (rows, &geometry, &image, NULL, NULL);
    augment_picture_assert_near (&out, &expected, 0, 0, 0);
  }
}

int
main (int argc, char **argv)
{
  const struct {
    const gchar *name;
    GTestDataFunc func;
  } tests[] = {{"turns-come-last", test_turns_come_last},
               {"crop", test_crop},
               {"labels", test_labels},
               {"same-everywhere", test_same_everywhere},
               {"tiny", test_tiny},
               {"no-memory-of-before", test_no_memory_of_before}};

  g_test_init (&argc, &argv, NULL);
  for (guint lanes = 4; lanes <= voxel_cpu_kernels ()->lanes; lanes *= 2)
    for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
      g_autofree gchar *path = g_strdup_printf ("/augment-resample/%u/%s", lanes, tests[i].name);

      g_test_add_data_func (path, voxel_rows_for_lanes (lanes), tests[i].func);
    }
  return g_test_run ();
}
