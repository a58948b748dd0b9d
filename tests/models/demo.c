/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <math.h>

#include "models/files/safetensors.h"
#include "models/run.h"

#define SIDE 128

static void
test_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelSafetensors) file = voxel_safetensors_open (DEMO_MODEL, &error);
  gsize bytes = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < voxel_safetensors_count (file); i++) {
    const VoxelTensorView *tensor = voxel_safetensors_nth (file, i);
    g_autofree gfloat *values = g_new (gfloat, tensor->size / 4);

    g_assert_cmpint (tensor->dtype, ==, VOXEL_DTYPE_F32);
    g_assert_true (voxel_tensor_view_to_float (tensor, values, &error));
    for (gsize k = 0; k < tensor->size / 4; k++)
      g_assert_true (isfinite (values[k]));
    bytes += tensor->size;
  }
  g_assert_cmpuint (bytes, <=, 4 << 20);
}

static void
test_record (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelModel) model = voxel_model_load (DEMO_MODEL, &error);
  const VoxelModelRecord *record;

  g_assert_no_error (error);
  record = voxel_model_get_record (model);
  g_assert_cmpuint (record->inference.tile, ==, 256);
  g_assert_cmpstr (record->inference.axes, ==, "z,y,x");
  g_assert_cmpstr (record->inference.views, ==, "r0,r90,r180,r270,fh,fv");
  g_assert_cmpstr (record->inference.vote, ==, "majority");
  g_assert_cmpuint (voxel_model_get_stride (model), ==, 8);
  g_assert_cmpuint (voxel_model_get_in_channels (model), ==, 1);
}

/* A bright round cut of a vessel in grey noise. */
static void
fill (gfloat *picture)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (gint y = 0; y < SIDE; y++) {
    for (gint x = 0; x < SIDE; x++) {
      gdouble noise = -6, distance = hypot (y - 50, x - 70);

      for (guint k = 0; k < 12; k++)
        noise += g_rand_double (random);
      picture[y * SIDE + x] = (gfloat) (.8 * noise + 3 * CLAMP (4.5 - distance, 0, 1));
    }
  }
}

static void
test_finds_a_vessel (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelModel) model = voxel_model_load (DEMO_MODEL, &error);
  VoxelPlanKey key = {"cpu", VOXEL_PRECISION_FP32, 1, 1, SIDE, SIDE};
  g_autoptr (VoxelPlan) plan = NULL;
  g_autoptr (VoxelRun) run = NULL;
  guint found = 0, false_alarms = 0;

  g_assert_no_error (error);
  plan = voxel_plan_get (model, &key, &error);
  g_assert_no_error (error);
  run = voxel_run_new (plan, &error);
  g_assert_no_error (error);
  fill (voxel_run_get_input (run));
  g_assert_true (voxel_run_execute (run, NULL, &error));
  for (gint y = 0; y < SIDE; y++) {
    for (gint x = 0; x < SIDE; x++) {
      gboolean vessel = voxel_run_get_output (run)[y * SIDE + x] > 0;

      found += vessel && hypot (y - 50, x - 70) < 3;
      false_alarms += vessel && hypot (y - 50, x - 70) > 7;
    }
  }
  g_assert_cmpuint (found, >=, 20);
  g_assert_cmpuint (false_alarms, <, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/models/demo/file", test_file);
  g_test_add_func ("/models/demo/record", test_record);
  g_test_add_func ("/models/demo/finds-a-vessel", test_finds_a_vessel);
  return g_test_run ();
}
