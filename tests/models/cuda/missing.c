/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../fixture.h"
#include "models/files/model-record.h"
#include "models/selftest/random-graph.h"

/* What users are told by backend=cuda where something is missing, and that backend=auto computes on the CPU then. Each in a
 * process of its own, in a world that the stand-in makes. */

static const struct {
  const gchar *missing;
  const gchar *variables;
  const gchar *message;
} cases[] = {
    {"module", "VOXEL_CUDA_MODULE=/nowhere/libvoxelcuda.so",
     "The CUDA module /nowhere/libvoxelcuda.so is not there: correct VOXEL_CUDA_MODULE, or unset it"},
    {"version", ("VOXEL_CUDA_MODULE=" STAND_IN " VOXEL_STAND_IN_ABI=4711"),
     "*libvoxelcuda-stand-in.so is of another version: its interface is number 4711, not *. Install *"},
    {"driver", ("VOXEL_CUDA_MODULE=" STAND_IN " VOXEL_STAND_IN_DRIVER=0"),
     "No NVIDIA driver: * Install a driver for CUDA 13.0 or newer; *"},
    {"newer driver", ("VOXEL_CUDA_MODULE=" STAND_IN " VOXEL_STAND_IN_DRIVER=11040"),
     "The NVIDIA driver is too old: it is for CUDA 11.4, and the CUDA module for 13.0. Install a newer "
     "driver"},
    {"device", ("VOXEL_CUDA_MODULE=" STAND_IN " VOXEL_STAND_IN_DEVICES=0"),
     "No NVIDIA device: the driver is there, but finds none. nvidia-smi should list one"},
    {"visible device", ("VOXEL_CUDA_MODULE=" STAND_IN " VOXEL_STAND_IN_DEVICES=0 CUDA_VISIBLE_DEVICES=4"),
     "No NVIDIA device: CUDA_VISIBLE_DEVICES is \"4\", which may hide all there are. Unset it, *"},
    {"newer device", ("VOXEL_CUDA_MODULE=" STAND_IN " VOXEL_STAND_IN_VERSION=75"),
     "No device of compute capability 8.0 or newer: stand-in 0 has 7.5"},
    {"cuDNN", ("VOXEL_CUDA_MODULE=" STAND_IN " VOXEL_CUDNN_LIBRARY=libcudnn-that-is-not-there.so.9"),
     "cuDNN cannot be opened (libcudnn-that-is-not-there.so.9: *). Install cuDNN 9, *"},
    {"newer cuDNN", ("VOXEL_CUDA_MODULE=" STAND_IN " VOXEL_CUDNN_LIBRARY=" OLD_CUDNN),
     "cuDNN 9.5.1 is too old: 9.13 or newer is needed"},
#ifdef MODULE
    {"device of a driver", ("VOXEL_CUDA_MODULE=" MODULE " LD_LIBRARY_PATH=" NO_DEVICE),
     "No NVIDIA device: *"},
#endif
};

/* As if nobody had asked for CUDA; the bound is that of floats summed in another order. */
static void
compute (const VoxelBackend *backend)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  VoxelGraph *graph = voxel_random_graph (random, 1);
  g_autofree gfloat *input = NULL, *result = NULL, *expected = NULL;
  g_autoptr (GError) error = NULL;
  gsize n = 0, n_results = 0;
  gdouble most = 0;

  g_assert_true (voxel_shape_elements (&graph->input->shape, &n));
  g_assert_true (voxel_shape_elements (&graph->output->shape, &n_results));
  input = g_new (gfloat, n);
  for (gsize i = 0; i < n; i++)
    input[i] = (gfloat) g_rand_double_range (random, -1, 1);
  expected = fixture_interpret (graph, input);
  for (gsize i = 0; i < n_results; i++)
    most = MAX (most, ABS (expected[i]));
  result = fixture_execute (graph, backend, VOXEL_PRECISION_FP32, 1, input, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (fixture_difference (result, expected, n_results), <=, 2e-5 * (1 + most));
}

static void
check (const gchar *message)
{
  g_autoptr (GError) error = NULL;
  const VoxelBackend *backend;

  for (guint i = 0; i < 2; i++) {
    g_assert_null (voxel_backend_find ("cuda", VOXEL_PRECISION_FP32, &error));
    g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
    if (!g_pattern_match_simple (message, error->message))
      g_error ("another message: %s", error->message);
    g_clear_error (&error);
  }
  backend = voxel_backend_find ("auto", VOXEL_PRECISION_FP32, &error);
  g_assert_no_error (error);
  g_assert_true (backend == &voxel_backend_cpu);
  compute (backend);
}

static void
test_missing (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (GStrv) variables = g_strsplit (cases[i].variables, " ", -1);
  g_auto (GStrv) before = g_get_environ ();

  if (g_test_subprocess ()) {
    check (cases[i].message);
    return;
  }
  g_unsetenv ("CUDA_VISIBLE_DEVICES");
  for (guint k = 0; variables[k]; k++) {
    g_auto (GStrv) pair = g_strsplit (variables[k], "=", 2);

    g_setenv (pair[0], pair[1], TRUE);
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  for (guint k = 0; variables[k]; k++) {
    g_auto (GStrv) pair = g_strsplit (variables[k], "=", 2);
    const gchar *value = g_environ_getenv (before, pair[0]);

    if (value)
      g_setenv (pair[0], value, TRUE);
    else
      g_unsetenv (pair[0]);
  }
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strconcat ("/cuda/missing/", cases[i].missing, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_missing);
  }
  return g_test_run ();
}
