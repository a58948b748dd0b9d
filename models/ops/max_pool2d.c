/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

/* Whether windows leave pixels over that one more, which begins among them, would see. */
static gboolean
one_more (const VoxelMaxPool2d *pool, guint i, guint size, guint windows)
{
  guint next = windows * pool->stride[i];

  return pool->ceil_mode && next + pool->kernel[i] < size + 2 * pool->padding[i] + pool->stride[i] &&
         next < size + pool->padding[i];
}

static gboolean
max_pool2d_shapes (VoxelNode *node, GError **error)
{
  const VoxelMaxPool2d *pool = node->attributes;
  VoxelShape out;

  if (!voxel_ops_require_picture (node, 0, error))
    return FALSE;
  out = node->inputs[0]->shape;
  for (guint i = 0; i < 2; i++) {
    if (2 * (guint64) pool->padding[i] > pool->kernel[i])
      return voxel_node_unsupported (node, error, "padding %u is more than half the kernel",
                                     pool->padding[i]);
    if (!voxel_ops_window (node, out.dim[2 + i], pool->kernel[i], pool->stride[i], pool->padding[i],
                           &out.dim[2 + i], error))
      return FALSE;
    out.dim[2 + i] += one_more (pool, i, node->inputs[0]->shape.dim[2 + i], out.dim[2 + i]);
  }
  voxel_node_set_output (node, 0, &out);
  if (pool->copy)
    voxel_node_set_output (node, 1, &node->inputs[0]->shape);
  return TRUE;
}

const VoxelOp voxel_op_max_pool2d = {
    .name = "max_pool2d",
    .attributes_size = sizeof (VoxelMaxPool2d),
    .shapes = max_pool2d_shapes,
};
