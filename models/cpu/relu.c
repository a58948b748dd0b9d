/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/picture.h"
#include "models/cpu/pointwise.h"

static gboolean
relu_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  step->state = voxel_cpu_pointwise_new (step->node, VOXEL_CPU_RELU, error);
  if (!step->state)
    return FALSE;
  step->implementation = voxel_cpu_implementation ("pointwise");
  return TRUE;
}

const VoxelKernel voxel_cpu_relu = {
    .op = &voxel_op_relu,
    .name = "relu",
    .slice = voxel_cpu_slice,
    .in_place = voxel_cpu_in_place,
    .prepare = relu_prepare,
    .release = voxel_cpu_pointwise_free,
    .run = voxel_cpu_pointwise_run,
};
