/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/network-runs.h"

#include <glib/gstdio.h>

#include "tests/support/conv1x1-model.h"
#include "tests/support/unet-model.h"

static VoxelModel *model;
static const VoxelPlanKey key = {"cpu", VOXEL_PRECISION_FP32, 1, 1, 0, 0};

static const VoxelNetworkSize *
find (VoxelNetworkRuns *runs, guint height, guint width)
{
  g_autoptr (GError) error = NULL;
  const VoxelNetworkSize *size = voxel_network_runs_find (runs, 1, height, width, &error);

  g_assert_no_error (error);
  return size;
}

static guint64
bytes_of (guint height, guint width)
{
  VoxelPlanKey full = key;
  VoxelPlanSize size;

  full.height = height;
  full.width = width;
  g_assert_true (voxel_plan_measure (model, &full, &size, NULL));
  return size.arena;
}

/* Slices of three axes, each in both positions: runs are made once, and the largest size decides about
 * memory. */
static void
test_turns (void)
{
  static const guint sides[][2] = {{96, 64}, {64, 96}, {64, 48}, {48, 64}, {96, 48}, {48, 96}};
  g_autoptr (VoxelNetworkRuns) runs = voxel_network_runs_new (model, &key, 1);
  VoxelRun *first[G_N_ELEMENTS (sides)];

  for (guint turn = 0; turn < 3; turn++)
    for (guint i = 0; i < G_N_ELEMENTS (sides); i++) {
      const VoxelNetworkSize *size = find (runs, sides[i][0], sides[i][1]);

      g_assert_cmpuint (voxel_picture_parts_count (size->parts), ==, 1);
      g_assert_cmpuint (size->n_runs, ==, 1);
      if (turn)
        g_assert_true (size->runs[0] == first[i]);
      first[i] = size->runs[0];
    }
  g_assert_cmpuint (voxel_network_runs_get_held (runs), ==, MAX (bytes_of (96, 64), bytes_of (64, 96)));
}

/* Whatever the limit, no more is held; one byte too little, and there are parts. */
static void
test_limit (void)
{
  guint64 whole = bytes_of (256, 192);

  for (guint share = 0; share < 4; share++) {
    g_autoptr (VoxelNetworkRuns) runs = voxel_network_runs_new (model, &key, 1);
    guint64 limit = share ? whole - (share - 1) * whole / 4 - (share == 1) : whole;
    const VoxelNetworkSize *size;

    voxel_network_runs_set_limit (runs, limit);
    find (runs, 64, 256);
    size = find (runs, 256, 192);
    g_assert_cmpuint (size->whole, ==, whole);
    g_assert_cmpuint (size->limit, ==, limit);
    g_assert_cmpuint (voxel_picture_parts_count (size->parts) > 1, ==, share > 0);
    g_assert_cmpuint (voxel_network_runs_get_held (runs), <=, limit);
    g_assert_cmpuint (voxel_network_runs_get_held (runs), >, 0);
  }
}

/* A run a worker, each in memory of its own; the limit is all workers'. */
static void
test_workers (void)
{
  g_autoptr (VoxelNetworkRuns) runs = voxel_network_runs_new (model, &key, 3);
  const VoxelNetworkSize *size;

  voxel_network_runs_set_limit (runs, 3 * bytes_of (128, 128));
  size = find (runs, 128, 128);
  g_assert_cmpuint (voxel_picture_parts_count (size->parts), ==, 1);
  g_assert_cmpuint (size->n_runs, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_true (voxel_run_get_input (size->runs[i]) != voxel_run_get_input (size->runs[(i + 1) % 3]));
  g_assert_cmpuint (voxel_network_runs_get_held (runs), ==, 3 * bytes_of (128, 128));
}

static void
test_too_little (void)
{
  g_autoptr (VoxelNetworkRuns) runs = voxel_network_runs_new (model, &key, 1);
  g_autoptr (GError) error = NULL;

  voxel_network_runs_set_limit (runs, 1000);
  g_assert_null (voxel_network_runs_find (runs, 1, 256, 256, &error));
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "1000 bytes"));
  g_assert_nonnull (strstr (error->message, "raise the limit"));
}

/* Workers show a network that looks at no neighbours a band of a picture at a time, others all of it. */
static void
test_pointwise (void)
{
  g_autofree gchar *name = g_strdup_printf ("network-runs-%u.safetensors", g_random_int ());
  g_autofree gchar *path = g_build_filename (g_get_tmp_dir (), name, NULL);
  g_autoptr (VoxelModel) pointwise = NULL;

  conv1x1_model_save (path, 1, 1, (const gfloat[]){1}, (const gfloat[]){0}, "slice");
  pointwise = voxel_model_load (path, NULL);
  g_remove (path);
  for (guint workers = 1; workers <= 2; workers++)
    for (guint i = 0; i < 2; i++) {
      g_autoptr (VoxelNetworkRuns) runs = voxel_network_runs_new (i ? pointwise : model, &key, workers);
      const VoxelNetworkSize *size = find (runs, 128, 64);

      g_assert_cmpuint (size->n_runs, ==, workers);
      g_assert_cmpuint (voxel_picture_parts_count (size->parts), ==, i && workers > 1 ? 4 : 1);
      g_assert_cmpuint (size->parts->width, ==, 64);
    }
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
  g_test_add_func ("/network/network-runs/workers", test_workers);
  g_test_add_func ("/network/network-runs/pointwise", test_pointwise);
  g_test_add_func ("/network/network-runs/too-little", test_too_little);
  result = g_test_run ();
  voxel_model_unref (model);
  g_remove (path);
  g_rmdir (folder);
  return result;
}
