/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/selftest/selftest.h"

#include "models/executor.h"
#include "models/selftest/selftest-private.h"

static void
result_free (gpointer data)
{
  VoxelSelftestResult *result = data;

  g_free (result->name);
  g_free (result->why);
  g_free (result);
}

/**
 * voxel_selftest_results_new:
 *
 * Returns: (transfer full) (element-type VoxelSelftestResult): an empty list
 */
GPtrArray *
voxel_selftest_results_new (void)
{
  return g_ptr_array_new_with_free_func (result_free);
}

VoxelSelftestResult *
voxel_selftest_result_new (VoxelSelftestGroup group, const gchar *name, guint device,
                           VoxelPrecision precision)
{
  VoxelSelftestResult *result = g_new0 (VoxelSelftestResult, 1);

  result->group = group;
  result->name = g_strdup (name);
  result->device = device;
  result->precision = precision;
  result->passed = TRUE;
  return result;
}

gboolean
voxel_selftest_stopped (const VoxelSelftest *test)
{
  return test->options->stop && g_atomic_int_get (test->options->stop);
}

gboolean
voxel_selftest_wants (const VoxelSelftest *test, const gchar *name)
{
  return !test->options->only || g_pattern_match_simple (test->options->only, name);
}

/* Takes the result; what was not finished is none. */
void
voxel_selftest_tell (VoxelSelftest *test, VoxelSelftestResult *result)
{
  if (voxel_selftest_stopped (test)) {
    result_free (result);
    return;
  }
  g_ptr_array_add (test->results, result);
  if (test->options->told)
    test->options->told (result, test->options->data);
}

/* The first reason is kept. */
void
voxel_selftest_fail (VoxelSelftestResult *result, const gchar *format, ...)
{
  va_list arguments;

  if (result->passed) {
    g_free (result->why);
    va_start (arguments, format);
    result->why = g_strdup_vprintf (format, arguments);
    va_end (arguments);
  }
  result->passed = FALSE;
}

/* Those that the backend has, or the one that is asked for. */
static gboolean
find_precisions (VoxelSelftest *test, GError **error)
{
  static const VoxelPrecision all[] = {VOXEL_PRECISION_FP32, VOXEL_PRECISION_TF32, VOXEL_PRECISION_FP16,
                                       VOXEL_PRECISION_BF16};
  const VoxelSelftestOptions *options = test->options;
  g_autoptr (GError) first = NULL;
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    if (options->precision != VOXEL_PRECISION_AUTO && options->precision != all[i])
      continue;
    if (options->backend->probe (all[i], first ? NULL : &first))
      test->precisions[n++] = all[i];
  }
  test->precisions[n] = VOXEL_PRECISION_AUTO;
  if (!n)
    g_propagate_error (error, g_steal_pointer (&first));
  return n > 0;
}

static gboolean
find_devices (VoxelSelftest *test, GError **error)
{
  const VoxelBackendDevice *device = test->options->backend->device;
  guint n = device ? device->count (error) : 1;

  if (!n)
    return FALSE;
  if (test->options->device >= (gint) n) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                 "There is no device %d: the backend %s has %u, counted from 0", test->options->device,
                 test->options->backend->name, n);
    return FALSE;
  }
  for (guint i = 0; i < n; i++)
    if (test->options->device < 0 || test->options->device == (gint) i)
      g_array_append_val (test->devices, i);
  return TRUE;
}

static void
test_parts (VoxelSelftest *test)
{
  for (guint d = 0; d < test->devices->len; d++)
    for (guint p = 0; test->precisions[p] != VOXEL_PRECISION_AUTO; p++) {
      guint device = g_array_index (test->devices, guint, d);

      voxel_selftest_operators (test, device, test->precisions[p]);
      voxel_selftest_graphs (test, device, test->precisions[p]);
    }
}

static VoxelSelftestEnd
judge (const GPtrArray *results)
{
  for (guint i = 0; i < results->len; i++) {
    const VoxelSelftestResult *result = results->pdata[i];

    if (!result->passed)
      return VOXEL_SELFTEST_FAILED;
  }
  return VOXEL_SELFTEST_PASSED;
}

/**
 * voxel_selftest_run:
 * @options: what to test
 * @results: (element-type VoxelSelftestResult): voxel_selftest_results_new(), to be filled
 * @error: where there was nothing to test
 *
 * Compares a backend: its operators and graphs drawn at random with the reference, whose sums are in double; all
 * architectures, with untrained weights, with the CPU's fp32, which is compared with the reference first. Tells how fast
 * they are, and whether every run gives the same bits.
 *
 * Returns: %VOXEL_SELFTEST_PASSED, %VOXEL_SELFTEST_FAILED (the results say what), %VOXEL_SELFTEST_NOTHING (the error
 *   says why) or %VOXEL_SELFTEST_INTERRUPTED (stopped; there are fewer results)
 */
VoxelSelftestEnd
voxel_selftest_run (const VoxelSelftestOptions *options, GPtrArray *results, GError **error)
{
  g_autoptr (GArray) devices = g_array_new (FALSE, FALSE, sizeof (guint));
  VoxelSelftestOptions resolved = *options;
  VoxelSelftest test = {&resolved, results, {VOXEL_PRECISION_AUTO}, devices};

  if (!resolved.threads)
    resolved.threads = voxel_executor_default_threads ();
  if (!find_precisions (&test, error) || !find_devices (&test, error))
    return VOXEL_SELFTEST_NOTHING;
  test_parts (&test);
  voxel_selftest_networks (&test);
  if (voxel_selftest_stopped (&test))
    return VOXEL_SELFTEST_INTERRUPTED;
  if (results->len)
    return judge (results);
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED, "Nothing is called \"%s\"",
               options->only);
  return VOXEL_SELFTEST_USAGE;
}
