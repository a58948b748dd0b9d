/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

static gboolean
avg_pool2d_shapes (VoxelNode *node, GError **error)
{
  const VoxelAvgPool2d *pool = node->attributes;
  VoxelShape out;

  if (!voxel_ops_require_picture (node, 0, error))
    return FALSE;
  out = node->inputs[0]->shape;
  for (guint i = 0; i < 2; i++) {
    if (pool->padding[i] > pool->kernel[i] / 2)
      return voxel_node_unsupported (node, error, "padding %u is more than half the kernel (%u)",
                                     pool->padding[i], pool->kernel[i]);
    if (!voxel_ops_window (node, out.dim[2 + i], pool->kernel[i], pool->stride[i], pool->padding[i],
                           &out.dim[2 + i], error))
      return FALSE;
  }
  voxel_node_set_output (node, 0, &out);
  return TRUE;
}

const VoxelOp voxel_op_avg_pool2d = {
    .name = "avg_pool2d",
    .attributes_size = sizeof (VoxelAvgPool2d),
    .shapes = avg_pool2d_shapes,
};
