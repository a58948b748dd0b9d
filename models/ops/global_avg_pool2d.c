/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

static gboolean
global_avg_pool2d_shapes (VoxelNode *node, GError **error)
{
  const VoxelShape *x;

  if (!voxel_ops_require_picture (node, 0, error))
    return FALSE;
  x = &node->inputs[0]->shape;
  voxel_node_set_output (node, 0, &VOXEL_SHAPE_4 (x->dim[0], x->dim[1], 1, 1));
  return TRUE;
}

const VoxelOp voxel_op_global_avg_pool2d = {
    .name = "global_avg_pool2d",
    .shapes = global_avg_pool2d_shapes,
};
