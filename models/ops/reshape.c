/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

static gboolean
reshape_shapes (VoxelNode *node, GError **error)
{
  const VoxelReshape *reshape = node->attributes;
  gsize before, after;

  if (!voxel_ops_require (node, 0, error))
    return FALSE;
  if (!voxel_shape_elements (&node->inputs[0]->shape, &before) ||
      !voxel_shape_elements (&reshape->shape, &after) || before != after) {
    g_autofree gchar *from = voxel_shape_to_string (&node->inputs[0]->shape);
    g_autofree gchar *to = voxel_shape_to_string (&reshape->shape);

    return voxel_node_unsupported (node, error, "%s has not as many elements as %s", from, to);
  }
  voxel_node_set_output (node, 0, &reshape->shape);
  return TRUE;
}

const VoxelOp voxel_op_reshape = {
    .name = "reshape",
    .attributes_size = sizeof (VoxelReshape),
    .shapes = reshape_shapes,
};
