/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/reference/reference.h"

static void
relu (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  voxel_reference_activate_all (node, inputs, outputs, VOXEL_ACTIVATION_RELU, 0);
}

static gboolean
relu_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, relu, error);
}

const VoxelKernel voxel_reference_relu = {
    .op = &voxel_op_relu,
    .name = "reference",
    .slice = voxel_reference_slice,
    .in_place = voxel_reference_in_place_first,
    .prepare = relu_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
