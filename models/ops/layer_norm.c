/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

static gboolean
layer_norm_shapes (VoxelNode *node, GError **error)
{
  const VoxelLayerNorm *norm = node->attributes;
  const VoxelShape *x;

  if (!voxel_ops_require_axis (node, norm->axis, error))
    return FALSE;
  x = &node->inputs[0]->shape;
  if (!voxel_ops_require_vector (node, VOXEL_NORM_WEIGHT, x->dim[norm->axis], error) ||
      !voxel_ops_require_vector (node, VOXEL_NORM_BIAS, x->dim[norm->axis], error))
    return FALSE;
  voxel_node_set_output (node, 0, x);
  return TRUE;
}

const VoxelOp voxel_op_layer_norm = {
    .name = "layer_norm",
    .attributes_size = sizeof (VoxelLayerNorm),
    .shapes = layer_norm_shapes,
};
