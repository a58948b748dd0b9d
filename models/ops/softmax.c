/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

static gboolean
softmax_shapes (VoxelNode *node, GError **error)
{
  const VoxelSoftmax *softmax = node->attributes;

  if (!voxel_ops_require_axis (node, softmax->axis, error))
    return FALSE;
  voxel_node_set_output (node, 0, &node->inputs[0]->shape);
  return TRUE;
}

const VoxelOp voxel_op_softmax = {
    .name = "softmax",
    .attributes_size = sizeof (VoxelSoftmax),
    .shapes = softmax_shapes,
};
