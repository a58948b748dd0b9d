/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/run.h"

#include <time.h>

#include "models/executor.h"
#include "models/plan-private.h"

typedef struct {
  VoxelOperands operands;
  gpointer binding;
} Bound;

struct _VoxelRun {
  VoxelPlan *plan;
  VoxelRunMemory *memory;
  Bound *bound;
  guint n_bound;
};

static gpointer
address (const VoxelRun *run, const VoxelTensor *tensor)
{
  if (!tensor || tensor->constant)
    return NULL;
  return voxel_run_memory_get_arena (run->memory) + run->plan->arena.offset[tensor->id];
}

static gboolean
bind_step (VoxelRun *run, guint i, GError **error)
{
  const VoxelStep *step = voxel_plan_get_step (run->plan, i);
  Bound *bound = &run->bound[i];

  for (guint k = 0; k < step->node->n_inputs; k++)
    bound->operands.inputs[k] = address (run, step->node->inputs[k]);
  for (guint k = 0; k < step->node->n_outputs; k++)
    bound->operands.outputs[k] = address (run, step->node->outputs[k]);
  bound->operands.scratch =
      voxel_run_memory_get_arena (run->memory) + run->plan->arena.scratch[step->position];
  if (step->kernel->bind) {
    bound->binding = step->kernel->bind (step, &bound->operands, error);
    if (!bound->binding)
      return FALSE;
  }
  run->n_bound++;
  return TRUE;
}

/**
 * voxel_run_new:
 * @plan: what to run
 * @error: where there is no memory for it
 *
 * Takes all memory that executing needs. A run is used by one thread at a time; several of one plan may work
 * at once.
 *
 * Returns: (transfer full) (nullable): a run
 */
VoxelRun *
voxel_run_new (VoxelPlan *plan, GError **error)
{
  g_autoptr (VoxelRunMemory) memory = voxel_run_memory_new (voxel_plan_get_arena_size (plan), error);

  return memory ? voxel_run_new_in (plan, memory, error) : NULL;
}

/**
 * voxel_run_new_in:
 * @plan: what to run
 * @memory: that holds it; other runs may share it, none of which is executed at the same time, and each of
 *   which overwrites the others' input and output
 * @error: of a kernel
 *
 * Returns: (transfer full) (nullable): a run
 */
VoxelRun *
voxel_run_new_in (VoxelPlan *plan, VoxelRunMemory *memory, GError **error)
{
  g_autoptr (VoxelRun) run = g_new0 (VoxelRun, 1);
  guint steps = plan->steps->len;

  run->plan = voxel_plan_ref (plan);
  run->memory = voxel_run_memory_ref (memory);
  run->bound = g_new0 (Bound, steps);
  g_return_val_if_fail (voxel_run_memory_holds (memory, plan), NULL);
  for (guint i = 0; i < steps; i++)
    if (!bind_step (run, i, error))
      return NULL;
  return g_steal_pointer (&run);
}

void
voxel_run_free (VoxelRun *run)
{
  for (guint i = 0; i < run->n_bound; i++) {
    const VoxelKernel *kernel = voxel_plan_get_step (run->plan, i)->kernel;

    if (kernel->unbind && run->bound[i].binding)
      kernel->unbind (run->bound[i].binding);
  }
  g_free (run->bound);
  voxel_run_memory_unref (run->memory);
  voxel_plan_unref (run->plan);
  g_free (run);
}

/**
 * voxel_run_get_input:
 * @run: a run
 *
 * Returns: (transfer none): where to put the pictures: float, N, C, H, W. Executing leaves it as it is
 */
gfloat *
voxel_run_get_input (VoxelRun *run)
{
  return address (run, run->plan->graph->input);
}

/**
 * voxel_run_get_output:
 * @run: a run
 *
 * Returns: (transfer none): the result of the last execution: float, N, C, H, W
 */
const gfloat *
voxel_run_get_output (VoxelRun *run)
{
  return address (run, run->plan->graph->output);
}

typedef struct {
  VoxelRun *run;
  gint64 *step_ns;
  GError *error;
} Execution;

static gint64
now_ns (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (gint64) time.tv_sec * 1000000000 + time.tv_nsec;
}

static void
execute (gpointer data)
{
  Execution *execution = data;
  VoxelRun *run = execution->run;

  for (guint i = 0; i < run->n_bound; i++) {
    const VoxelStep *step = voxel_plan_get_step (run->plan, i);
    gint64 begin = execution->step_ns ? now_ns () : 0;

    if (!step->kernel->run (step, &run->bound[i].operands, run->bound[i].binding, &execution->error))
      return;
    if (execution->step_ns)
      execution->step_ns[i] = now_ns () - begin;
  }
}

/**
 * voxel_run_execute:
 * @run: a run whose input is filled
 * @step_ns: (out) (optional): nanoseconds each step took, as many as the plan has steps
 * @error: of a kernel
 *
 * Computes the output, on the executor thread, and waits for it.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_run_execute (VoxelRun *run, gint64 *step_ns, GError **error)
{
  Execution execution = {run, step_ns, NULL};

  voxel_executor_call (run->plan->target.threads, execute, &execution);
  if (!execution.error)
    return TRUE;
  g_propagate_error (error, execution.error);
  return FALSE;
}
