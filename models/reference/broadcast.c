/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/reference/reference.h"

/* Where the element that makes element @index of @out is: dimensions of 1 are repeated. */
static gsize
place (const VoxelShape *shape, const VoxelShape *out, gsize index)
{
  gsize at = 0, stride = 1;

  for (guint i = out->n; i-- > 0;) {
    gsize along = index % out->dim[i];

    index /= out->dim[i];
    at += shape->dim[i] == 1 ? 0 : along * stride;
    stride *= shape->dim[i];
  }
  return at;
}

/* An operator of two operands, value by value. */
void
voxel_reference_broadcast (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs,
                           gdouble (*combine) (gdouble a, gdouble b))
{
  const VoxelShape *out = &node->outputs[0]->shape;
  gsize n = 0;

  voxel_shape_elements (out, &n);
  for (gsize i = 0; i < n; i++)
    outputs[0][i] = (gfloat) combine (inputs[0][place (&node->inputs[0]->shape, out, i)],
                                      inputs[1][place (&node->inputs[1]->shape, out, i)]);
}
