/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/cpu/pool.h"

static gboolean
avg_pool2d_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelAvgPool2d *attributes = step->node->attributes;
  VoxelCpuPoolState *state =
      voxel_cpu_pool_new (step->node, attributes->kernel, attributes->stride, attributes->padding, error);

  if (!state)
    return FALSE;
  state->pool.count_padding = attributes->count_padding;
  step->state = state;
  step->implementation = voxel_cpu_implementation ("means");
  return TRUE;
}

static gboolean
avg_pool2d_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  voxel_cpu_pool_run (step->state, operands, voxel_cpu_kernels ()->avg_pool);
  return TRUE;
}

const VoxelKernel voxel_cpu_avg_pool2d = {
    .op = &voxel_op_avg_pool2d,
    .name = "avg_pool2d",
    .slice = voxel_cpu_slice,
    .prepare = avg_pool2d_prepare,
    .release = g_free,
    .run = avg_pool2d_run,
};
