/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

static gboolean
group_norm_shapes (VoxelNode *node, GError **error)
{
  const VoxelGroupNorm *norm = node->attributes;
  const VoxelShape *x;

  if (!voxel_ops_require_picture (node, VOXEL_NORM_X, error))
    return FALSE;
  x = &node->inputs[VOXEL_NORM_X]->shape;
  if (!norm->groups || x->dim[1] % norm->groups)
    return voxel_node_unsupported (node, error, "%u groups do not divide %u channels", norm->groups,
                                   x->dim[1]);
  if (!voxel_ops_require_vector (node, VOXEL_NORM_WEIGHT, x->dim[1], error) ||
      !voxel_ops_require_vector (node, VOXEL_NORM_BIAS, x->dim[1], error))
    return FALSE;
  voxel_node_set_output (node, 0, x);
  return TRUE;
}

const VoxelOp voxel_op_group_norm = {
    .name = "group_norm",
    .attributes_size = sizeof (VoxelGroupNorm),
    .shapes = group_norm_shapes,
};
