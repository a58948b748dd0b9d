/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

static gboolean
add_shapes (VoxelNode *node, GError **error)
{
  if (!voxel_ops_require_picture (node, 0, error) || !voxel_ops_require_picture (node, 1, error))
    return FALSE;
  if (!voxel_shape_equal (&node->inputs[0]->shape, &node->inputs[1]->shape))
    return voxel_node_unsupported (node, error, "operands of different shapes");
  voxel_node_set_output (node, 0, &node->inputs[0]->shape);
  return TRUE;
}

const VoxelOp voxel_op_add = {
    .name = "add",
    .shapes = add_shapes,
};
