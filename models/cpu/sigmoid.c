/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/picture.h"
#include "models/cpu/pointwise.h"

static gboolean
sigmoid_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_cpu_pointwise_activation (prepare, step, VOXEL_ACTIVATION_SIGMOID, 0, error);
}

const VoxelKernel voxel_cpu_sigmoid = {
    .op = &voxel_op_sigmoid,
    .name = "sigmoid",
    .slice = voxel_cpu_slice,
    .in_place = voxel_cpu_in_place,
    .prepare = sigmoid_prepare,
    .release = g_free,
    .run = voxel_cpu_pointwise_run,
};
