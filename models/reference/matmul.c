/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/reference/reference.h"

static void
matmul (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  const VoxelMatmul *attributes = node->attributes;
  const VoxelShape *a = &node->inputs[0]->shape, *out = &node->outputs[0]->shape;
  gsize depth = a->dim[a->n - 1], rows = out->dim[out->n - 2], columns = out->dim[out->n - 1], elements = 0;

  voxel_shape_elements (out, &elements);
  for (gsize i = 0; i < elements; i++) {
    gsize row = i / columns, column = i % columns;
    const gfloat *b = inputs[1] + row / rows * depth * columns;
    gdouble sum = 0;

    for (gsize k = 0; k < depth; k++)
      sum += (gdouble) inputs[0][row * depth + k] *
             b[attributes->transpose ? column * depth + k : k * columns + column];
    outputs[0][i] = (gfloat) (sum * attributes->scale);
  }
}

static gboolean
matmul_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, matmul, error);
}

const VoxelKernel voxel_reference_matmul = {
    .op = &voxel_op_matmul,
    .name = "reference",
    .slice = voxel_reference_slice,
    .prepare = matmul_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
