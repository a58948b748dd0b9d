/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/reference/reference.h"

static void
transpose (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  const VoxelTranspose *attributes = node->attributes;
  const VoxelShape *in = &node->inputs[0]->shape, *out = &node->outputs[0]->shape;
  gsize elements = 0;

  voxel_shape_elements (out, &elements);
  for (gsize i = 0; i < elements; i++) {
    gsize index[VOXEL_SHAPE_MAX_DIMS] = {0}, left = i, from = 0;

    for (guint d = out->n; d-- > 0; left /= out->dim[d])
      index[attributes->order[d]] = left % out->dim[d];
    for (guint d = 0; d < in->n; d++)
      from = from * in->dim[d] + index[d];
    outputs[0][i] = inputs[0][from];
  }
}

static gboolean
transpose_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, transpose, error);
}

const VoxelKernel voxel_reference_transpose = {
    .op = &voxel_op_transpose,
    .name = "reference",
    .slice = voxel_reference_slice,
    .prepare = transpose_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
