/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/pick.h"

#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/executor.h"

typedef struct {
  VoxelCpuPick pick;
  guint *lines[2];
  guint pictures;
} State;

typedef struct {
  const VoxelCpuPick *pick;
  const gchar *src;
  gchar *dst;
} Work;

/**
 * voxel_cpu_pick_new:
 * @node: an operator with a picture in and one out
 * @line: which lines are taken
 * @error: which operand is in a form that is not taken
 *
 * Returns: (transfer full) (nullable): its state
 */
gpointer
voxel_cpu_pick_new (const VoxelNode *node, VoxelCpuPickLine line, GError **error)
{
  const guint *in = node->inputs[0]->shape.dim + 2, *out = node->outputs[0]->shape.dim + 2;
  VoxelCpuPick pick = {0};
  State *state;

  if (!voxel_cpu_view (node, node->inputs[0], &pick.src, error) ||
      !voxel_cpu_view (node, node->outputs[0], &pick.dst, error))
    return NULL;
  state = g_new0 (State, 1);
  for (guint side = 0; side < 2; side++) {
    state->lines[side] = g_new (guint, out[side]);
    for (guint i = 0; i < out[side]; i++)
      state->lines[side][i] = line (node, side, i, in[side]);
  }
  state->pick = pick;
  state->pick.rows = state->lines[0];
  state->pick.columns = state->lines[1];
  state->pictures = node->outputs[0]->shape.dim[0];
  return state;
}

void
voxel_cpu_pick_free (gpointer data)
{
  State *state = data;

  if (!state)
    return;
  g_free (state->lines[0]);
  g_free (state->lines[1]);
  g_free (state);
}

static void
run_rows (gpointer data, gsize begin, gsize end)
{
  const Work *work = data;

  voxel_cpu_kernels ()->pick (work->pick, work->src, work->dst, begin, end);
}

/* Picture by picture, on all threads. */
void
voxel_cpu_pick_run (gconstpointer data, const VoxelOperands *operands)
{
  const State *state = data;
  Work work = {&state->pick};

  for (gsize n = 0; n < state->pictures; n++) {
    work.src = (const gchar *) operands->inputs[0] + n * voxel_cpu_view_bytes (&state->pick.src);
    work.dst = (gchar *) operands->outputs[0] + n * voxel_cpu_view_bytes (&state->pick.dst);
    voxel_executor_for (state->pick.dst.height, 4, run_rows, &work);
  }
}
