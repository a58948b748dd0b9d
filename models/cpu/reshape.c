/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/picture.h"
#include "models/cpu/pointwise.h"

typedef struct {
  VoxelCpuView src;
  VoxelCpuView dst;
} State;

/* Both sides are in the order of their shapes: all is copied as it lies. */
static gboolean
reshape_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelNode *node = step->node;
  g_autofree State *state = g_new0 (State, 1);

  if (!voxel_cpu_rows (node, node->outputs[0], &state->dst, error) ||
      !voxel_cpu_rows (node, node->inputs[0], &state->src, error))
    return FALSE;
  state->dst.height = state->src.height;
  state->dst.pitch = state->dst.channels = state->src.channels;
  step->implementation = voxel_cpu_implementation ("copy");
  step->state = g_steal_pointer (&state);
  return TRUE;
}

static gboolean
reshape_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  const State *state = step->state;

  voxel_cpu_copy (&state->src, &state->dst, operands->inputs[0], operands->outputs[0]);
  return TRUE;
}

const VoxelKernel voxel_cpu_reshape = {
    .op = &voxel_op_reshape,
    .name = "reshape",
    .prepare = reshape_prepare,
    .release = g_free,
    .run = reshape_run,
};
