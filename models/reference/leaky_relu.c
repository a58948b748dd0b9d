/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/reference/reference.h"

static void
leaky_relu (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  const VoxelLeakyRelu *attributes = node->attributes;

  voxel_reference_activate_all (node, inputs, outputs, VOXEL_ACTIVATION_LEAKY_RELU, attributes->slope);
}

static gboolean
leaky_relu_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, leaky_relu, error);
}

const VoxelKernel voxel_reference_leaky_relu = {
    .op = &voxel_op_leaky_relu,
    .name = "reference",
    .slice = voxel_reference_slice,
    .in_place = voxel_reference_in_place_first,
    .prepare = leaky_relu_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
