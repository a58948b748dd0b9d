/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/tiles/view-merge.h"

#define WIDTH 53
#define HEIGHT 39
#define MOST 64

/* Views of as many random pictures, turned; each pixel against the definition. */
static void
check (VoxelViewMergeMode mode, guint pixel_size, guint views)
{
  g_autoptr (VoxelViewMerge) merge = voxel_view_merge_new (mode, WIDTH, HEIGHT, pixel_size);
  g_autofree guint8 *pictures = g_malloc ((gsize) views * WIDTH * HEIGHT * pixel_size);
  static guint8 turned[VOXEL_VIEW_MERGE_MAX_VIEWS][MOST * MOST * 2], out[MOST * MOST * 2];
  const guint threshold = pixel_size == 1 ? 250 : 64000;

  for (gsize i = 0; i < (gsize) views * WIDTH * HEIGHT * pixel_size; i++)
    pictures[i] = (guint8) g_test_rand_int ();
  voxel_view_merge_begin (merge, NULL, threshold);
  for (guint v = 0; v < views; v++) {
    VoxelDihedral symmetry = (VoxelDihedral) (v % VOXEL_N_DIHEDRALS);

    voxel_dihedral_turn (symmetry, pictures + (gsize) v * WIDTH * HEIGHT * pixel_size, WIDTH * pixel_size,
                         WIDTH, HEIGHT, pixel_size, turned[v], MOST * 2);
    voxel_view_merge_add (merge, turned[v], MOST * 2, voxel_dihedral_inverse (symmetry));
  }
  voxel_view_merge_finish (merge, NULL, out, MOST * 2);
  for (guint y = 0; y < HEIGHT; y++) {
    for (guint x = 0; x < WIDTH; x++) {
      guint sum = 0, most = 0, expected, got;

      for (guint v = 0; v < views; v++) {
        gsize at = ((gsize) v * HEIGHT + y) * WIDTH + x;
        guint value = pixel_size == 1 ? pictures[at] : ((guint16 *) pictures)[at];

        sum += value;
        most = MAX (most, value);
      }
      expected = mode == VOXEL_VIEW_MERGE_MEAN  ? (sum + views / 2) / views
                 : mode == VOXEL_VIEW_MERGE_MAX ? most
                 : most >= threshold            ? (pixel_size == 1 ? 255u : 65535u)
                                                : 0u;
      got = pixel_size == 1 ? out[y * MOST * 2 + x] : ((guint16 *) (out + (gsize) y * MOST * 2))[x];
      g_assert_cmpuint (got, ==, expected);
    }
  }
}

static void
test_definition (gconstpointer data)
{
  for (guint views = 1; views <= VOXEL_VIEW_MERGE_MAX_VIEWS; views++) {
    check ((VoxelViewMergeMode) GPOINTER_TO_INT (data), 1, views);
    check ((VoxelViewMergeMode) GPOINTER_TO_INT (data), 2, views);
  }
}

/* The division in floats, at the sums where it could go wrong. */
static void
test_rounding (void)
{
  static guint16 row[65536];
  static guint16 result[65536];
  static guint16 zeros[65536];

  for (guint views = 2; views <= 9; views++) {
    g_autoptr (VoxelViewMerge) merge = voxel_view_merge_new (VOXEL_VIEW_MERGE_MEAN, 65536, 1, 2);

    for (guint i = 0; i < 65536; i++)
      row[i] = (guint16) i;
    for (guint high = 0; high < views; high++) {
      voxel_view_merge_begin (merge, NULL, 0);
      for (guint v = 0; v < views; v++)
        voxel_view_merge_add (merge, v <= high ? row : zeros, sizeof row, VOXEL_DIHEDRAL_R0);
      voxel_view_merge_finish (merge, NULL, result, sizeof result);
      for (guint i = 0; i < 65536; i++)
        g_assert_cmpuint (result[i], ==, (i * (high + 1) + views / 2) / views);
    }
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/view-merge/mean", GINT_TO_POINTER (VOXEL_VIEW_MERGE_MEAN), test_definition);
  g_test_add_data_func ("/view-merge/max", GINT_TO_POINTER (VOXEL_VIEW_MERGE_MAX), test_definition);
  g_test_add_data_func ("/view-merge/union", GINT_TO_POINTER (VOXEL_VIEW_MERGE_UNION), test_definition);
  g_test_add_func ("/view-merge/rounding", test_rounding);
  return g_test_run ();
}
