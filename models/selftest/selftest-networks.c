/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "models/plan-private.h"
#include "models/run.h"
#include "models/selftest/interpret.h"
#include "models/selftest/selftest-private.h"

/* Every architecture against the CPU's fp32, which is held to sums in double where pictures are small. */

#define TILE 512
#define TILE_QUICK 128
#define BATCH 8
#define BATCH_QUICK 2
/* Logits that vary less are no picture: any two networks would agree. */
#define LEAST_DEVIATION .05

/**
 * Yardstick:
 * @input: pictures
 * @expected: what the CPU's fp32 makes of them
 * @elements: of a picture's logits
 * @deviation: of the logits
 * @rounded: what rounding weights and logits to bf16 changes, mean, in parts of the deviation
 */
typedef struct {
  guint n, side;
  gfloat *input, *expected;
  gsize elements;
  gdouble deviation, rounded;
} Yardstick;

static void
clear_yardstick (Yardstick *yardstick)
{
  g_clear_pointer (&yardstick->input, g_free);
  g_clear_pointer (&yardstick->expected, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Yardstick, clear_yardstick)

/* Of values from @origin. */
static gdouble
spread_of (const gfloat *values, gsize n, gdouble origin)
{
  gdouble square = 0;

  for (gsize i = 0; i < n; i++)
    square += (values[i] - origin) * (values[i] - origin);
  return sqrt (square / (gdouble) n);
}

static gdouble
mean_of (const gfloat *values, gsize n)
{
  gdouble sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += values[i];
  return sum / (gdouble) n;
}

/* Picture by picture, by one plan. */
static gfloat *
compute_cpu (const VoxelSelftest *test, VoxelSelftestNetwork *network, const Yardstick *yardstick, guint n,
             gboolean rounded, GError **error)
{
  guint side = yardstick->side;
  gsize in = (gsize) network->channels * side * side;
  const VoxelPlanKey key = {"cpu", VOXEL_PRECISION_FP32, test->options->threads, 1, side, side};
  VoxelGraph *graph = voxel_selftest_network_build (network, 1, side, rounded, error);
  g_autoptr (VoxelPlan) plan = graph ? voxel_plan_new (graph, &voxel_backend_cpu, &key, error) : NULL;
  g_autoptr (VoxelRun) run = plan ? voxel_run_new (plan, error) : NULL;
  g_autofree gfloat *values = g_new (gfloat, n * yardstick->elements);

  for (guint i = 0; run && i < n; i++) {
    memcpy (voxel_run_get_input (run), yardstick->input + i * in, in * sizeof *values);
    if (!voxel_run_execute (run, NULL, error))
      return NULL;
    memcpy (values + i * yardstick->elements, voxel_run_get_output (run),
            yardstick->elements * sizeof *values);
  }
  return run ? g_steal_pointer (&values) : NULL;
}

static gboolean
make_yardstick (const VoxelSelftest *test, VoxelSelftestNetwork *network, guint n, guint side,
                Yardstick *yardstick, GError **error)
{
  g_autofree gfloat *rounded = NULL;
  gdouble largest;

  yardstick->n = n;
  yardstick->side = side;
  yardstick->elements = (gsize) network->results * side * side;
  yardstick->input = voxel_selftest_network_input (network, n, side);
  yardstick->expected = compute_cpu (test, network, yardstick, n, FALSE, error);
  rounded = yardstick->expected ? compute_cpu (test, network, yardstick, 1, TRUE, error) : NULL;
  if (!rounded)
    return FALSE;
  yardstick->deviation = spread_of (yardstick->expected, yardstick->elements,
                                    mean_of (yardstick->expected, yardstick->elements));
  voxel_selftest_differ (rounded, yardstick->expected, yardstick->elements, &yardstick->rounded, &largest);
  yardstick->rounded += voxel_selftest_rounding (VOXEL_PRECISION_BF16) *
                        spread_of (yardstick->expected, yardstick->elements, 0);
  yardstick->rounded /= yardstick->deviation;
  if (yardstick->deviation >= LEAST_DEVIATION)
    return TRUE;
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
               "The network's logits vary by %.2g only: nothing can be compared", yardstick->deviation);
  return FALSE;
}

static void
judge (VoxelSelftestResult *result, const Yardstick *yardstick, const gfloat *values, const gfloat *expected)
{
  voxel_selftest_network_bounds (result, yardstick->rounded);
  voxel_selftest_differ (values, expected, result->n * yardstick->elements, &result->mean, &result->largest);
  result->mean /= yardstick->deviation;
  result->largest /= yardstick->deviation;
  if (!(result->mean <= result->mean_bound))
    voxel_selftest_fail (result, "mean difference %.3g where %.3g is allowed", result->mean,
                         result->mean_bound);
  if (!(result->largest <= result->largest_bound))
    voxel_selftest_fail (result, "largest difference %.3g where %.3g is allowed", result->largest,
                         result->largest_bound);
}

static void
test_plan (VoxelSelftest *test, VoxelSelftestNetwork *network, const Yardstick *yardstick,
           VoxelSelftestResult *result)
{
  const VoxelBackend *backend = test->options->backend;
  const VoxelPlanKey key = {backend->name,   result->precision, test->options->threads, result->n,
                            yardstick->side, yardstick->side,   result->device};
  g_autoptr (GError) error = NULL;
  VoxelGraph *graph = voxel_selftest_network_build (network, result->n, yardstick->side, FALSE, &error);
  g_autoptr (VoxelPlan) plan = graph ? voxel_plan_new (graph, backend, &key, &error) : NULL;
  g_autofree gfloat *values = NULL;

  result->cases = 1;
  if (!plan || !voxel_selftest_repeat (test, plan, yardstick->input, &values, result, &error)) {
    voxel_selftest_fail (result, "%s", error->message);
    return;
  }
  if (backend != &voxel_backend_cpu || result->precision != VOXEL_PRECISION_FP32)
    judge (result, yardstick, values, yardstick->expected);
}

/* On every device at every precision, one picture at a time and, on devices, several. */
static void
test_backend (VoxelSelftest *test, VoxelSelftestNetwork *network, const Yardstick *yardstick)
{
  for (guint d = 0; d < test->devices->len; d++)
    for (guint p = 0; test->precisions[p] != VOXEL_PRECISION_AUTO; p++)
      for (guint n = 1; n <= yardstick->n && !voxel_selftest_stopped (test); n += MAX (yardstick->n - 1, 1)) {
        VoxelSelftestResult *result =
            voxel_selftest_result_new (VOXEL_SELFTEST_NETWORK, network->name,
                                       g_array_index (test->devices, guint, d), test->precisions[p]);

        result->n = n;
        result->side = yardstick->side;
        test_plan (test, network, yardstick, result);
        voxel_selftest_tell (test, result);
      }
}

/* The CPU's fp32 against sums in double; the calibration computes these. */
static gboolean
test_yardstick (VoxelSelftest *test, VoxelSelftestNetwork *network)
{
  VoxelSelftestResult *result =
      voxel_selftest_result_new (VOXEL_SELFTEST_YARDSTICK, network->name, 0, VOXEL_PRECISION_FP32);
  g_auto (Yardstick) yardstick = {0};
  g_autoptr (GError) error = NULL;
  g_autofree gfloat *expected = NULL;
  gboolean passed;

  result->n = result->cases = 1;
  result->side = voxel_selftest_network_least (network);
  expected = voxel_selftest_network_calibrate (network, result->side, &error);
  if (expected && make_yardstick (test, network, 1, result->side, &yardstick, &error))
    judge (result, &yardstick, yardstick.expected, expected);
  else
    voxel_selftest_fail (result, "%s", error->message);
  passed = result->passed;
  voxel_selftest_tell (test, result);
  return passed;
}

/* Naive loops take minutes for larger pictures. */
static guint
side_of (const VoxelSelftest *test, const VoxelSelftestNetwork *network)
{
  const VoxelSelftestOptions *options = test->options;
  guint tile = options->tile ? options->tile : options->quick ? TILE_QUICK : TILE;

  if (options->backend == &voxel_backend_reference && !options->tile)
    return voxel_selftest_network_least (network);
  return MAX (tile / network->stride * network->stride, network->stride);
}

static void
test_network (VoxelSelftest *test, VoxelSelftestNetwork *network)
{
  const VoxelSelftestOptions *options = test->options;
  g_auto (Yardstick) yardstick = {0};
  g_autoptr (GError) error = NULL;
  guint n = !options->backend->device ? 1 : options->quick ? BATCH_QUICK : BATCH;
  VoxelSelftestResult *result;

  if (!test_yardstick (test, network) || voxel_selftest_stopped (test))
    return;
  if (make_yardstick (test, network, n, side_of (test, network), &yardstick, &error)) {
    test_backend (test, network, &yardstick);
    return;
  }
  result = voxel_selftest_result_new (VOXEL_SELFTEST_YARDSTICK, network->name, 0, VOXEL_PRECISION_FP32);
  voxel_selftest_fail (result, "%s", error->message);
  voxel_selftest_tell (test, result);
}

/**
 * voxel_selftest_networks:
 * @test: a test
 *
 * Every architecture, a result for each device, precision and number of pictures, and one for the CPU's fp32 that
 * these are compared with.
 */
void
voxel_selftest_networks (VoxelSelftest *test)
{
  g_autoptr (GPtrArray) networks = voxel_selftest_network_all ();

  for (guint i = 0; i < networks->len && !voxel_selftest_stopped (test); i++) {
    if (!voxel_selftest_wants (test, ((VoxelSelftestNetwork *) networks->pdata[i])->name))
      continue;
    test_network (test, networks->pdata[i]);
    voxel_selftest_network_forget (networks->pdata[i]);
  }
}
