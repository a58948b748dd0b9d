/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/reference/reference.h"

static void
linear (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  const guint *weight = node->inputs[VOXEL_CONV2D_WEIGHT]->shape.dim;
  gsize elements = 0;

  voxel_shape_elements (&node->outputs[0]->shape, &elements);
  for (gsize i = 0; i < elements; i++) {
    gsize row = i / weight[0], o = i % weight[0];
    gdouble sum = inputs[VOXEL_CONV2D_BIAS] ? inputs[VOXEL_CONV2D_BIAS][o] : 0;

    for (gsize k = 0; k < weight[1]; k++)
      sum += (gdouble) inputs[VOXEL_CONV2D_X][row * weight[1] + k] *
             inputs[VOXEL_CONV2D_WEIGHT][o * weight[1] + k];
    outputs[0][i] = (gfloat) sum;
  }
}

static gboolean
linear_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, linear, error);
}

const VoxelKernel voxel_reference_linear = {
    .op = &voxel_op_linear,
    .name = "reference",
    .slice = voxel_reference_slice,
    .prepare = linear_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
