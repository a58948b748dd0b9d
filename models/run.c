/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/run.h"

#include <time.h>

#include "models/executor.h"
#include "models/plan-private.h"

/* One execution of a step after the other: on the executor thread, or by the run's queue. Where there is a device, the
 * input and the output have a copy in this process's memory, which it copies from and to by itself. */

typedef struct {
  VoxelOperands operands;
  gpointer binding;
} Bound;

struct _VoxelRun {
  VoxelPlan *plan;
  VoxelRunMemory *memory;
  Bound *bound;
  guint n_bound;
  gboolean started;
  /* without a device */
  VoxelExecutorJob job;
  gint64 *step_ns;
  GError *error;
  /* with one */
  const VoxelBackendDevice *device;
  gpointer queue;
  gfloat *input;
  gfloat *output;
};

static gpointer
address (const VoxelRun *run, const VoxelTensor *tensor)
{
  if (!tensor || tensor->constant)
    return NULL;
  return voxel_run_memory_get_arena (run->memory) + run->plan->arena.offset[tensor->id];
}

static gsize
size_of (const VoxelTensor *tensor)
{
  gsize bytes = 0;

  voxel_tensor_size (tensor, &bytes);
  return bytes;
}

static gboolean
take_device (VoxelRun *run, GError **error)
{
  const VoxelGraph *graph = run->plan->graph;
  guint number = run->plan->target.device;

  run->device = run->plan->backend->device;
  if (!run->device)
    return TRUE;
  run->queue = run->device->queue_new (number, error);
  if (run->queue)
    run->input = run->device->alloc_host (number, size_of (graph->input), error);
  if (run->input)
    run->output = run->device->alloc_host (number, size_of (graph->output), error);
  return run->output != NULL;
}

static void
give_device_back (VoxelRun *run)
{
  guint number = run->plan->target.device;

  if (run->input)
    run->device->free_host (number, run->input);
  if (run->output)
    run->device->free_host (number, run->output);
  if (run->queue)
    run->device->queue_free (run->queue);
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
  bound->operands.queue = run->queue;
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
  g_autoptr (VoxelRunMemory) memory =
      voxel_run_memory_new_for (plan, voxel_plan_get_arena_size (plan), error);

  return memory ? voxel_run_new_in (plan, memory, error) : NULL;
}

/**
 * voxel_run_new_in:
 * @plan: what to run
 * @memory: that holds it; other runs may share it, none of which is executed at the same time, and each of
 *   which overwrites the others' input and output, unless these are on a device
 * @error: of a kernel, or where a device lacks memory
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
  if (!take_device (run, error))
    return NULL;
  for (guint i = 0; i < steps; i++)
    if (!bind_step (run, i, error))
      return NULL;
  return g_steal_pointer (&run);
}

void
voxel_run_free (VoxelRun *run)
{
  if (run->started)
    voxel_run_wait (run, NULL);
  for (guint i = 0; i < run->n_bound; i++) {
    const VoxelKernel *kernel = voxel_plan_get_step (run->plan, i)->kernel;

    if (kernel->unbind && run->bound[i].binding)
      kernel->unbind (run->bound[i].binding);
  }
  give_device_back (run);
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
  return run->device ? run->input : address (run, run->plan->graph->input);
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
  return run->device ? run->output : address (run, run->plan->graph->output);
}

/**
 * voxel_run_get_queue:
 * @run: a run
 *
 * Returns: (transfer none) (nullable): what its work is added to; %NULL without a device
 */
gpointer
voxel_run_get_queue (VoxelRun *run)
{
  return run->queue;
}

/**
 * voxel_run_get_device_input:
 * @run: a run on a device
 *
 * Returns: (transfer none): where its steps read the pictures, in the device's memory: float, N, C, H, W
 */
gpointer
voxel_run_get_device_input (VoxelRun *run)
{
  g_return_val_if_fail (run->device, NULL);
  return address (run, run->plan->graph->input);
}

/**
 * voxel_run_get_device_output:
 * @run: a run on a device
 *
 * Returns: (transfer none): where its steps leave the result, in the device's memory: float, N, C, H, W
 */
gconstpointer
voxel_run_get_device_output (VoxelRun *run)
{
  g_return_val_if_fail (run->device, NULL);
  return address (run, run->plan->graph->output);
}

static gint64
now_ns (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (gint64) time.tv_sec * 1000000000 + time.tv_nsec;
}

static gboolean
run_step (VoxelRun *run, guint i, GError **error)
{
  const VoxelStep *step = voxel_plan_get_step (run->plan, i);

  return step->kernel->run (step, &run->bound[i].operands, run->bound[i].binding, error);
}

static gboolean
add_steps (gpointer data, GError **error)
{
  VoxelRun *run = data;

  for (guint i = 0; i < run->n_bound; i++)
    if (!run_step (run, i, error))
      return FALSE;
  return TRUE;
}

/* By the device's clock, so that steps follow each other as ever. */
static gboolean
time_steps_on_device (VoxelRun *run, gint64 *step_ns, GError **error)
{
  if (!run->device->mark (run->queue, 0, error))
    return FALSE;
  for (guint i = 0; i < run->n_bound; i++)
    if (!run_step (run, i, error) || !run->device->mark (run->queue, i + 1, error))
      return FALSE;
  if (!run->device->wait (run->queue, error))
    return FALSE;
  for (guint i = 0; i < run->n_bound; i++)
    if (!run->device->elapsed (run->queue, i, &step_ns[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
time_steps (VoxelRun *run, gint64 *step_ns, GError **error)
{
  for (guint i = 0; i < run->n_bound; i++) {
    gint64 begin = now_ns ();

    if (!run_step (run, i, error))
      return FALSE;
    step_ns[i] = now_ns () - begin;
  }
  return TRUE;
}

static void
execute (gpointer data)
{
  VoxelRun *run = data;

  if (run->step_ns)
    time_steps (run, run->step_ns, &run->error);
  else
    add_steps (run, &run->error);
}

static gboolean
copy_input (VoxelRun *run, GError **error)
{
  return run->device->copy (run->queue, voxel_run_get_device_input (run), run->input,
                            size_of (run->plan->graph->input), error);
}

static gboolean
copy_output (VoxelRun *run, GError **error)
{
  return run->device->copy (run->queue, run->output, voxel_run_get_device_output (run),
                            size_of (run->plan->graph->output), error);
}

/* What was added before something failed is done all the same: nobody may take its memory away before. */
static gboolean
started (VoxelRun *run, gboolean success)
{
  if (!success)
    run->device->wait (run->queue, NULL);
  run->started = success;
  return success;
}

static gboolean
start (VoxelRun *run, gint64 *step_ns, GError **error)
{
  g_return_val_if_fail (!run->started, FALSE);
  if (run->device)
    return started (run, copy_input (run, error) &&
                             (step_ns ? time_steps_on_device (run, step_ns, error)
                                      : run->device->play (run->queue, add_steps, run, error)) &&
                             copy_output (run, error));
  run->step_ns = step_ns;
  run->job = (VoxelExecutorJob){.threads = run->plan->target.threads, .func = execute, .data = run};
  run->started = TRUE;
  voxel_executor_begin (&run->job);
  return TRUE;
}

/**
 * voxel_run_start:
 * @run: a run whose input is filled
 * @error: of a kernel, or what the device says
 *
 * Has the output computed, on the executor thread or by the device, while the caller does something else: but nothing
 * with @run before voxel_run_wait().
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_run_start (VoxelRun *run, GError **error)
{
  return start (run, NULL, error);
}

/**
 * voxel_run_start_steps:
 * @run: a run on a device, to whose queue was added what fills its input there
 * @error: of a kernel, or what the device says
 *
 * As voxel_run_start(), but neither input nor output is copied: the caller adds to the queue what takes the output from
 * where it lies on the device. It may be called again before voxel_run_wait(): all of it follows in the queue.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_run_start_steps (VoxelRun *run, GError **error)
{
  g_return_val_if_fail (run->device, FALSE);
  return started (run, run->device->play (run->queue, add_steps, run, error));
}

/**
 * voxel_run_wait:
 * @run: a run that was started
 * @error: of a kernel, or what the device says
 *
 * Returns when the output is there, or all that was added to its queue is done.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_run_wait (VoxelRun *run, GError **error)
{
  g_return_val_if_fail (run->started, FALSE);
  run->started = FALSE;
  if (run->device)
    return run->device->wait (run->queue, error);
  voxel_executor_wait (&run->job);
  if (!run->error)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&run->error));
  return FALSE;
}

/**
 * voxel_run_execute:
 * @run: a run whose input is filled
 * @step_ns: (out) (optional): nanoseconds each step took, as many as the plan has steps
 * @error: of a kernel, or what the device says
 *
 * Computes the output and waits for it.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_run_execute (VoxelRun *run, gint64 *step_ns, GError **error)
{
  return start (run, step_ns, error) && voxel_run_wait (run, error);
}
