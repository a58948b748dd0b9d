/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/selftest/selftest.h"

#include <math.h>

#include "models/reference/reference.h"

/* What the self-test finds: nothing in backends that compute right, and the operator in those that lie. */

static VoxelSelftestEnd
run (const VoxelSelftestOptions *like, GPtrArray **results)
{
  g_autoptr (GError) error = NULL;
  VoxelSelftestEnd end;

  *results = voxel_selftest_results_new ();
  end = voxel_selftest_run (like, *results, &error);
  g_assert_true ((error != NULL) == (end == VOXEL_SELFTEST_USAGE || end == VOXEL_SELFTEST_NOTHING));
  if (error)
    g_test_message ("%s", error->message);
  return end;
}

static VoxelSelftestOptions
quick (const VoxelBackend *backend, const gchar *only)
{
  return (VoxelSelftestOptions){.backend = backend, .device = -1, .threads = 1, .quick = TRUE, .only = only};
}

static void
check_passed (const VoxelBackend *backend, const gchar *only, guint expected)
{
  const VoxelSelftestOptions options = quick (backend, only);
  g_autoptr (GPtrArray) results = NULL;

  g_assert_cmpint (run (&options, &results), ==, VOXEL_SELFTEST_PASSED);
  g_assert_cmpuint (results->len, ==, expected);
  for (guint i = 0; i < results->len; i++) {
    const VoxelSelftestResult *result = results->pdata[i];

    g_assert_true (result->passed);
    g_assert_cmpuint (result->cases, >, result->refused);
    g_assert_cmpfloat (result->largest, <=, result->largest_bound);
  }
}

/* fp32 and bf16. */
static void
test_parts (gconstpointer backend)
{
  check_passed (backend, "conv2d", 2);
  check_passed (backend, "*_norm", 6);
  check_passed (backend, "attention", 2);
  check_passed (backend, "graphs", 2);
}

/* Two precisions, and the CPU's fp32, which both are compared with. */
static void
test_network (gconstpointer backend)
{
  VoxelSelftestOptions options = quick (backend, "attention-unet bilinear");
  g_autoptr (GPtrArray) results = NULL;
  const VoxelSelftestResult *result;

  options.tile = 32;
  g_assert_cmpint (run (&options, &results), ==, VOXEL_SELFTEST_PASSED);
  g_assert_cmpuint (results->len, ==, 3);
  result = results->pdata[0];
  g_assert_cmpint (result->group, ==, VOXEL_SELFTEST_YARDSTICK);
  g_assert_cmpfloat (result->mean, >, 0);
  g_assert_cmpfloat (result->largest_bound, <, 1e-3);
  result = results->pdata[2];
  g_assert_cmpint (result->precision, ==, VOXEL_PRECISION_BF16);
  g_assert_cmpfloat (result->mean, >, 1e-3); /* it is bf16 */
  g_assert_cmpfloat (result->mean_bound, <, .2);
  g_assert_cmpuint (result->runs, >=, 3);
  g_assert_cmpuint (result->arena, >, 0);
  g_assert_cmpfloat (result->pictures, >, 0);
}

/* The reference, one of whose kernels is another. */
static void
replace (const VoxelKernel *by, const VoxelKernel **kernels, guint most, VoxelBackend *backend)
{
  guint n = 0;

  for (; voxel_backend_reference.kernels[n]; n++) {
    const VoxelKernel *kernel = voxel_backend_reference.kernels[n];

    g_assert_cmpuint (n + 1, <, most);
    kernels[n] = kernel->op == by->op ? by : kernel;
  }
  kernels[n] = NULL;
  *backend = voxel_backend_reference;
  backend->name = "liar";
  backend->kernels = kernels;
}

static void
check_caught (const VoxelKernel *kernel, const gchar *only, const gchar *name, const gchar *why)
{
  const VoxelKernel *kernels[64];
  VoxelBackend liar;
  VoxelSelftestOptions options = quick (&liar, only);
  g_autoptr (GPtrArray) results = NULL;
  guint failed = 0;

  replace (kernel, kernels, G_N_ELEMENTS (kernels), &liar);
  options.precision = VOXEL_PRECISION_FP32;
  g_assert_cmpint (run (&options, &results), ==, VOXEL_SELFTEST_FAILED);
  for (guint i = 0; i < results->len; i++) {
    const VoxelSelftestResult *result = results->pdata[i];

    if (result->passed)
      continue;
    failed++;
    g_test_message ("%s: %s", result->name, result->why);
    g_assert_cmpstr (result->name, ==, name);
    g_assert_true (g_pattern_match_simple (why, result->why));
  }
  g_assert_cmpuint (failed, ==, 1);
}

/* The last value is off by a thousandth, or is none. */
static gboolean
run_off (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  gsize bytes = 0;

  if (!voxel_reference_sigmoid.run (step, operands, binding, error))
    return FALSE;
  g_assert_true (voxel_tensor_size (step->node->outputs[0], &bytes));
  ((gfloat *) operands->outputs[0])[bytes / sizeof (gfloat) - 1] += 1e-3f;
  return TRUE;
}

static gboolean
run_nan (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  if (!voxel_reference_sigmoid.run (step, operands, binding, error))
    return FALSE;
  ((gfloat *) operands->outputs[0])[0] = NAN;
  return TRUE;
}

/* Within all bounds, but another value each time. */
static gboolean
run_restless (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  if (!voxel_reference_conv2d.run (step, operands, binding, error))
    return FALSE;
  ((gfloat *) operands->outputs[0])[0] += 1e-9f * (gfloat) g_random_int_range (0, 1000);
  return TRUE;
}

static gboolean
run_fail (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  return voxel_node_unsupported (step->node, error, "it is full moon");
}

static void
test_lies (void)
{
  VoxelKernel kernel = voxel_reference_sigmoid;

  kernel.run = run_off;
  check_caught (&kernel, "sigmoid", "sigmoid", "case * where 1.91e-06 is allowed");
  check_caught (&kernel, "si*", "sigmoid", "case *");
  kernel.run = run_nan;
  check_caught (&kernel, "sigmoid", "sigmoid", "case * inf off *");
  kernel = voxel_reference_conv2d;
  kernel.run = run_restless;
  check_caught (&kernel, "conv1x1", "conv1x1", "*same bits*");
  kernel.run = run_fail;
  check_caught (&kernel, "conv1x1", "conv1x1", "*full moon*");
}

static void
test_nothing (void)
{
  VoxelSelftestOptions options = quick (&voxel_backend_cpu, "no such operator");
  g_autoptr (GPtrArray) unknown = NULL, precision = NULL, device = NULL, stopped = NULL;
  const gint stop = TRUE;

  g_assert_cmpint (run (&options, &unknown), ==, VOXEL_SELFTEST_USAGE);
  options.precision = VOXEL_PRECISION_TF32;
  g_assert_cmpint (run (&options, &precision), ==, VOXEL_SELFTEST_NOTHING);
  options = quick (&voxel_backend_cpu, NULL);
  options.device = 1;
  g_assert_cmpint (run (&options, &device), ==, VOXEL_SELFTEST_NOTHING);
  options = quick (&voxel_backend_cpu, NULL);
  options.stop = &stop;
  g_assert_cmpint (run (&options, &stopped), ==, VOXEL_SELFTEST_INTERRUPTED);
  g_assert_cmpuint (stopped->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/selftest/cpu/parts", &voxel_backend_cpu, test_parts);
  g_test_add_data_func ("/selftest/cpu/network", &voxel_backend_cpu, test_network);
  g_test_add_data_func ("/selftest/reference/parts", &voxel_backend_reference, test_parts);
  g_test_add_data_func ("/selftest/reference/network", &voxel_backend_reference, test_network);
  g_test_add_func ("/selftest/lies", test_lies);
  g_test_add_func ("/selftest/nothing", test_nothing);
  return g_test_run ();
}
