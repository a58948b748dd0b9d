/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/picture.h"
#include "models/cpu/pointwise.h"

static gboolean
multiply_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelCpuMapping map = {VOXEL_CPU_MULTIPLY, 1};

  return voxel_cpu_pointwise_prepare (prepare, step, &map, 1, error);
}

const VoxelKernel voxel_cpu_multiply = {
    .op = &voxel_op_multiply,
    .name = "multiply",
    .slice = voxel_cpu_slice,
    .in_place = voxel_cpu_in_place,
    .prepare = multiply_prepare,
    .release = g_free,
    .run = voxel_cpu_pointwise_run,
};
