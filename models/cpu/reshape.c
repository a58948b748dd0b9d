/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/picture.h"
#include "models/cpu/pointwise.h"

/* Both sides are in the order of their shapes: all is copied as it lies. */
static gboolean
reshape_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelNode *node = step->node;
  g_autoptr (VoxelCpuPointwiseState) state = g_new0 (VoxelCpuPointwiseState, 1);

  if (!voxel_cpu_rows (node, node->outputs[0], &state->pointwise.dst, error) ||
      !voxel_cpu_rows (node, node->inputs[0], &state->pointwise.src, error))
    return FALSE;
  state->pointwise.map = VOXEL_CPU_COPY;
  state->pointwise.dst.height = state->pointwise.src.height;
  state->pointwise.dst.pitch = state->pointwise.dst.channels = state->pointwise.src.channels;
  state->pictures = 1;
  step->implementation = voxel_cpu_implementation ("copy");
  step->state = g_steal_pointer (&state);
  return TRUE;
}

const VoxelKernel voxel_cpu_reshape = {
    .op = &voxel_op_reshape,
    .name = "reshape",
    .prepare = reshape_prepare,
    .release = voxel_cpu_pointwise_free,
    .run = voxel_cpu_pointwise_run,
};
