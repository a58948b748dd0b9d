/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/network-runs.h"

#include <glib/gstdio.h>

#include "tests/support/unet-model.h"

static VoxelModel *model;
static const VoxelPlanKey key = {"cpu", VOXEL_PRECISION_FP32, 1, 1, 0, 0};

static VoxelRun *
find (VoxelNetworkRuns *runs, guint height, guint width, const VoxelNetworkFit **fit)
{
  g_autoptr (GError) error = NULL;
  VoxelRun *run = voxel_network_runs_find (runs, height, width, fit, &error);

  g_assert_no_error (error);
  return run;
}

static guint64
bytes_of (guint height, guint width)
{
  VoxelPlanKey full = key;
  VoxelPlanSize size;

  full.height = height;
  full.width = width;
  g_assert_true (voxel_plan_measure (model, &full, &size, NULL));
  return voxel_plan_size_total (&size);
}

/* Slices of three axes, each in both positions: runs are made once, and the largest size decides about
 * memory. */
static void
test_turns (void)
{
  static const guint sides[][2] = {{96, 64}, {64, 96}, {64, 48}, {48, 64}, {96, 48}, {48, 96}};
  g_autoptr (VoxelNetworkRuns) runs = voxel_network_runs_new (model, &key);
  VoxelRun *first[G_N_ELEMENTS (sides)];
  const VoxelNetworkFit *fit;

  voxel_network_runs_set_limit (runs, bytes_of (96, 64));
  for (guint turn = 0; turn < 3; turn++)
    for (guint i = 0; i < G_N_ELEMENTS (sides); i++) {
      VoxelRun *run = find (runs, sides[i][0], sides[i][1], &fit);

      g_assert_cmpuint (voxel_picture_parts_count (fit->parts), ==, 1);
      if (turn)
        g_assert_true (run == first[i]);
      first[i] = run;
    }
  g_assert_cmpuint (voxel_network_runs_get_held (runs), ==, bytes_of (96, 64));
}

/* Whatever the limit, no more is held; one byte too little, and there are parts. */
static void
test_limit (void)
{
  guint64 whole = bytes_of (256, 192);

  for (guint share = 0; share < 4; share++) {
    g_autoptr (VoxelNetworkRuns) runs = voxel_network_runs_new (model, &key);
    guint64 limit = share ? whole - (share - 1) * whole / 4 - (share == 1) : whole;
    const VoxelNetworkFit *fit;

    voxel_network_runs_set_limit (runs, limit);
    find (runs, 64, 256, &fit);
    find (runs, 256, 192, &fit);
    g_assert_cmpuint (fit->whole, ==, whole);
    g_assert_cmpuint (fit->limit, ==, limit);
    g_assert_cmpuint (voxel_picture_parts_count (fit->parts) > 1, ==, share > 0);
    g_assert_cmpuint (voxel_network_runs_get_held (runs), <=, limit);
    g_assert_cmpuint (voxel_network_runs_get_held (runs), >, 0);
  }
}

static void
test_too_little (void)
{
  g_autoptr (VoxelNetworkRuns) runs = voxel_network_runs_new (model, &key);
  const VoxelNetworkFit *fit;
  g_autoptr (GError) error = NULL;

  voxel_network_runs_set_limit (runs, 1000);
  g_assert_null (voxel_network_runs_find (runs, 256, 256, &fit, &error));
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "1000 bytes"));
  g_assert_nonnull (strstr (error->message, "raise the limit"));
}

int
main (int argc, char **argv)
{
  g_autofree gchar *folder = g_dir_make_tmp ("network-runs-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "m.safetensors", NULL);
  gint result;

  g_test_init (&argc, &argv, NULL);
  unet_model_save (path, 4, 2, 1, "slice");
  model = voxel_model_load (path, NULL);
  g_test_add_func ("/network/network-runs/turns", test_turns);
  g_test_add_func ("/network/network-runs/limit", test_limit);
  g_test_add_func ("/network/network-runs/too-little", test_too_little);
  result = g_test_run ();
  voxel_model_unref (model);
  g_remove (path);
  g_rmdir (folder);
  return result;
}
