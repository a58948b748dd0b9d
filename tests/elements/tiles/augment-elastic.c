/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/tiles/augment-elastic.h"

#include <math.h>
#include <stdio.h>

static void
test_grid_draw (void)
{
  VoxelAugmentGrid grid, again;
  VoxelRandom random;
  gdouble least = 2, most = 0;

  voxel_random_init (&random, 5, 1, 0);
  for (guint i = 0; i < 100; i++) {
    voxel_augment_grid_draw (&grid, 5, .3, &random);
    for (guint k = 0; k <= 5; k++) {
      least = MIN (least, MIN (grid.x[k], grid.y[k]));
      most = MAX (most, MAX (grid.x[k], grid.y[k]));
    }
  }
  g_assert_cmpfloat (least, >=, .7);
  g_assert_cmpfloat (least, <, .72);
  g_assert_cmpfloat (most, <=, 1.3);
  g_assert_cmpfloat (most, >, 1.28);
  voxel_random_init (&random, 5, 1, 99 * 12);
  voxel_augment_grid_draw (&again, 5, .3, &random);
  g_assert_cmpmem (again.x, 6 * sizeof (gdouble), grid.x, 6 * sizeof (gdouble));
  g_assert_cmpmem (again.y, 6 * sizeof (gdouble), grid.y, 6 * sizeof (gdouble));
}

/* The field moves pixels as far, and pixels near each other as alike, as albumentations does; 24 fields of each. */
static void
test_elastic (void)
{
  g_autofree gchar *path = g_test_build_filename (G_TEST_DIST, "fixtures", "geometry-elastic.txt", NULL);
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint compared = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    gdouble alpha, deviation, near, far, squares = 0, at_near = 0, at_far = 0, n = 0, n_near = 0, n_far = 0;
    guint sigma;

    if (sscanf (lines[i], "%lf %u %lf %lf %lf", &alpha, &sigma, &deviation, &near, &far) != 5)
      continue;
    for (guint seed = 0; seed < 24; seed++) {
      VoxelAugmentElastic elastic = {.alpha = alpha, .sigma = sigma};
      g_autoptr (VoxelAugmentField) field = NULL;
      const gint32 none[256] = {0};
      gint32 rows[2][256], most;

      voxel_random_init (&elastic.random, seed, 1, 0);
      field = voxel_augment_field_new (&elastic, 256, 256);
      most = voxel_augment_field_most (field);
      for (guint y = 0; y < 512; y++) {
        const gint32 *row = rows[y % 2];

        if (y % 2 == 0)
          voxel_augment_field_move (field, voxel_rows (), y / 2, 0, 256, none, none, rows[0], rows[1]);
        for (guint x = 0; x < 256; x++, n++) {
          gdouble d = row[x] / 4096.0;

          g_assert_cmpint (ABS (row[x]), <=, most);
          squares += d * d;
          if (x >= sigma)
            at_near += d * row[x - sigma] / 4096.0, n_near++;
          if (x >= 2 * sigma)
            at_far += d * row[x - 2 * sigma] / 4096.0, n_far++;
        }
      }
    }
    squares /= n;
    g_test_message ("deviation %.4f (%.4f), correlation %.3f (%.3f), %.3f (%.3f)", sqrt (squares), deviation,
                    at_near / n_near / squares, near, at_far / n_far / squares, far);
    g_assert_cmpfloat (fabs (sqrt (squares) / deviation - 1), <, .05);
    g_assert_cmpfloat (fabs (at_near / n_near / squares - near), <, .05);
    g_assert_cmpfloat (fabs (at_far / n_far / squares - far), <, .05);
    compared++;
  }
  g_assert_cmpuint (compared, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/augment-elastic/grid-draw", test_grid_draw);
  g_test_add_func ("/augment-elastic/field", test_elastic);
  return g_test_run ();
}
