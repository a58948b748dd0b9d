/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

static gboolean
matmul_shapes (VoxelNode *node, GError **error)
{
  const VoxelMatmul *matmul = node->attributes;
  const VoxelShape *a, *b;
  VoxelShape out;
  guint rows, columns, last;

  if (!voxel_ops_require (node, 0, error) || !voxel_ops_require (node, 1, error))
    return FALSE;
  a = &node->inputs[0]->shape;
  b = &node->inputs[1]->shape;
  if (a->n < 2 || a->n != b->n)
    return voxel_node_unsupported (node, error, "operands have %u and %u dimensions", a->n, b->n);
  last = a->n - 1;
  for (guint i = 0; i + 2 < a->n; i++)
    if (a->dim[i] != b->dim[i])
      return voxel_node_unsupported (node, error, "dimension %u is %u and %u", i, a->dim[i], b->dim[i]);
  rows = b->dim[matmul->transpose ? last : last - 1];
  columns = b->dim[matmul->transpose ? last - 1 : last];
  if (a->dim[last] != rows)
    return voxel_node_unsupported (node, error, "%u columns meet %u rows", a->dim[last], rows);
  out = *a;
  out.dim[last] = columns;
  voxel_node_set_output (node, 0, &out);
  return TRUE;
}

static guint64
matmul_macs (const VoxelNode *node)
{
  const VoxelShape *a = &node->inputs[0]->shape;

  return voxel_ops_elements (&node->outputs[0]->shape) * a->dim[a->n - 1];
}

const VoxelOp voxel_op_matmul = {
    .name = "matmul",
    .attributes_size = sizeof (VoxelMatmul),
    .shapes = matmul_shapes,
    .macs = matmul_macs,
};
