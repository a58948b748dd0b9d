/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/picture.h"
#include "models/cpu/pointwise.h"

static gboolean
leaky_relu_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelLeakyRelu *attributes = step->node->attributes;

  return voxel_cpu_pointwise_activation (prepare, step, VOXEL_ACTIVATION_LEAKY_RELU, attributes->slope,
                                         error);
}

const VoxelKernel voxel_cpu_leaky_relu = {
    .op = &voxel_op_leaky_relu,
    .name = "leaky_relu",
    .slice = voxel_cpu_slice,
    .in_place = voxel_cpu_in_place,
    .prepare = leaky_relu_prepare,
    .release = g_free,
    .run = voxel_cpu_pointwise_run,
};
