/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/backend.h"
#include "models/files/model-record.h"

/* Names of precisions, and who computes in which. */

static void
test_names (void)
{
  static const gchar *const names[] = {"auto", "fp32", "bf16", "fp16", "tf32"};
  VoxelPrecision precision;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_assert_true (voxel_precision_from_name (names[i], &precision));
    g_assert_cmpstr (voxel_precision_to_name (precision), ==, names[i]);
  }
  g_assert_false (voxel_precision_from_name ("TF32", &precision));
  g_assert_false (voxel_precision_from_name ("", &precision));
}

/* What rounds the operands of products is taken by those alone who ask for it. */
static void
test_auto (void)
{
  for (const VoxelBackend *const *backend = voxel_backends (); *backend; backend++) {
    g_assert_cmpint ((*backend)->fastest (), !=, VOXEL_PRECISION_AUTO);
    g_assert_cmpint ((*backend)->fastest (), !=, VOXEL_PRECISION_TF32);
  }
}

static void
check_refused (const gchar *backend, const gchar *expected)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (voxel_backend_find (backend, VOXEL_PRECISION_TF32, &error));
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error->message, ==, expected);
}

static void
test_tf32 (void)
{
  check_refused ("cpu", "TF32 is of GPUs: the CPU computes in fp32 or bf16");
  check_refused ("reference", "The reference backend computes in fp32 or bf16, not in tf32");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/precision/names", test_names);
  g_test_add_func ("/precision/auto", test_auto);
  g_test_add_func ("/precision/tf32", test_tf32);
  return g_test_run ();
}
