/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/reference/reference.h"

static void
relu (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  gsize n = 0;

  voxel_shape_elements (&node->inputs[0]->shape, &n);
  for (gsize i = 0; i < n; i++)
    outputs[0][i] = MAX (inputs[0][i], 0);
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
