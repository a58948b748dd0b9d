/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "models/plan-private.h"
#include "models/run.h"
#include "models/selftest/selftest-private.h"

/* The same network over and over: alone, and two runs at the same time. All results must have the same bits, and the time
 * it takes is told. Small pictures are repeated until it is long enough to be measured. */

#define RUNS 10
#define LEAST_RUNS 3
#define ENOUGH_QUICK (G_USEC_PER_SEC / 4)

typedef struct {
  VoxelRun *run;
  const gfloat *expected;
  gsize bytes;
  guint runs;
  gboolean differs;
  GError *error;
} Worker;

static gboolean
once (Worker *worker)
{
  if (!voxel_run_execute (worker->run, NULL, &worker->error))
    return FALSE;
  worker->differs |= memcmp (voxel_run_get_output (worker->run), worker->expected, worker->bytes) != 0;
  return TRUE;
}

static gpointer
work (gpointer data)
{
  Worker *worker = data;

  for (guint i = 0; i < worker->runs; i++)
    if (!once (worker))
      break;
  return NULL;
}

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

/* Fills @result->runs and its time. */
static gboolean
run_alone (VoxelSelftest *test, Worker *worker, VoxelSelftestResult *result)
{
  gint64 times[RUNS], begin = g_get_monotonic_time (), before = begin;

  while (result->runs < RUNS && !voxel_selftest_stopped (test)) {
    if (!once (worker))
      return FALSE;
    times[result->runs++] = g_get_monotonic_time () - before;
    before = g_get_monotonic_time ();
    if (test->options->quick && result->runs >= LEAST_RUNS && before - begin > ENOUGH_QUICK)
      break;
  }
  qsort (times, result->runs, sizeof *times, compare_times);
  result->ms = result->runs ? (gdouble) times[result->runs / 2] * 1e-3 : 0;
  return TRUE;
}

static void
run_both (Worker *workers, VoxelSelftestResult *result)
{
  gint64 begin = g_get_monotonic_time ();
  GThread *thread;

  for (guint i = 0; i < 2; i++)
    workers[i].runs = MAX (result->runs / 2, 2);
  thread = g_thread_new ("selftest", work, &workers[1]);
  work (&workers[0]);
  g_thread_join (thread);
  result->pictures =
      2. * workers[0].runs * result->n * G_USEC_PER_SEC / (gdouble) (g_get_monotonic_time () - begin);
}

static gboolean
prepare (Worker *worker, VoxelPlan *plan, const gfloat *input, gsize bytes)
{
  worker->run = voxel_run_new (plan, &worker->error);
  if (!worker->run)
    return FALSE;
  memcpy (voxel_run_get_input (worker->run), input, bytes);
  return voxel_run_execute (worker->run, NULL, &worker->error);
}

static void
run_all (VoxelSelftest *test, VoxelPlan *plan, const gfloat *input, Worker *workers, gfloat **output,
         VoxelSelftestResult *result)
{
  gsize in = 0, bytes = 0;

  g_return_if_fail (voxel_tensor_size (plan->graph->input, &in));
  g_return_if_fail (voxel_tensor_size (plan->graph->output, &bytes));
  if (!prepare (&workers[0], plan, input, in) || !prepare (&workers[1], plan, input, in))
    return;
  *output = g_memdup2 (voxel_run_get_output (workers[0].run), bytes);
  for (guint i = 0; i < 2; i++) {
    workers[i].expected = *output;
    workers[i].bytes = bytes;
  }
  workers[1].differs |= memcmp (voxel_run_get_output (workers[1].run), *output, bytes) != 0;
  if (run_alone (test, &workers[0], result))
    run_both (workers, result);
  workers[0].differs |= memcmp (voxel_run_get_input (workers[0].run), input, in) != 0;
}

/**
 * voxel_selftest_repeat:
 * @test: a test
 * @plan: of a network
 * @input: its input
 * @output: (out) (transfer full): its result
 * @result: gets times, and whether all runs gave the same bits
 * @error: of the runs
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_selftest_repeat (VoxelSelftest *test, VoxelPlan *plan, const gfloat *input, gfloat **output,
                       VoxelSelftestResult *result, GError **error)
{
  Worker workers[2] = {{NULL}};
  GError *first = NULL;

  result->arena = voxel_plan_get_arena_size (plan);
  run_all (test, plan, input, workers, output, result);
  for (guint i = 0; i < 2; i++) {
    g_clear_pointer (&workers[i].run, voxel_run_free);
    if (workers[i].differs)
      voxel_selftest_fail (result, "the same picture did not give the same bits in every run");
    if (workers[i].error && !first)
      first = g_steal_pointer (&workers[i].error);
    g_clear_error (&workers[i].error);
  }
  if (!first)
    return TRUE;
  g_propagate_error (error, first);
  return FALSE;
}
