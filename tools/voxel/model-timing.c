/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "model-timing.h"
#include "models/run.h"

#define LEAST_RUNS 3
#define MOST_RUNS 20
#define ENOUGH (3 * G_GINT64_CONSTANT (1000000000))

/* Values of about the size that a normalised slice has; the same ones every time. */
static void
fill_input (VoxelRun *run, VoxelModel *model, const VoxelPlanKey *key)
{
  gsize n = (gsize) key->n * voxel_model_get_in_channels (model) * key->height * key->width;
  gfloat *input = voxel_run_get_input (run);
  guint32 state = 1;

  for (gsize i = 0; i < n; i++) {
    state = state * 1664525u + 1013904223u;
    input[i] = (gfloat) (state >> 8) / (gfloat) (1 << 23) - 1.f;
  }
}

static gint64
sum (const gint64 *values, guint n)
{
  gint64 total = 0;

  for (guint i = 0; i < n; i++)
    total += values[i];
  return total;
}

/**
 * voxel_model_timing_measure:
 * @model: model of @plan
 * @plan: what to run
 * @error: of the run
 *
 * Runs until it has taken three seconds, at least 3 and at most 20 times after one that does not count.
 *
 * Returns: the fastest run's times
 */
VoxelModelTiming *
voxel_model_timing_measure (VoxelModel *model, VoxelPlan *plan, GError **error)
{
  g_autoptr (VoxelRun) run = voxel_run_new (plan, error);
  g_autoptr (VoxelModelTiming) timing = g_new0 (VoxelModelTiming, 1);
  g_autofree gint64 *now = NULL;
  gint64 spent = 0;

  if (!run)
    return NULL;
  timing->n_steps = voxel_plan_get_steps (plan);
  timing->step_ns = g_new0 (gint64, timing->n_steps);
  now = g_new0 (gint64, timing->n_steps);
  fill_input (run, model, voxel_plan_get_key (plan));
  if (!voxel_run_execute (run, NULL, error))
    return NULL;
  while (timing->runs < LEAST_RUNS || (timing->runs < MOST_RUNS && spent < ENOUGH)) {
    gint64 total;

    if (!voxel_run_execute (run, now, error))
      return NULL;
    total = sum (now, timing->n_steps);
    spent += total;
    if (timing->runs++ && total >= timing->total_ns)
      continue;
    timing->total_ns = total;
    memcpy (timing->step_ns, now, timing->n_steps * sizeof *now);
  }
  return g_steal_pointer (&timing);
}

/**
 * voxel_model_timing_free:
 * @timing: times
 */
void
voxel_model_timing_free (VoxelModelTiming *timing)
{
  g_free (timing->step_ns);
  g_free (timing);
}
