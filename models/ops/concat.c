/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

static gboolean
concat_shapes (VoxelNode *node, GError **error)
{
  VoxelShape out;

  if (!voxel_ops_require_picture (node, 0, error))
    return FALSE;
  out = node->inputs[0]->shape;
  for (guint i = 1; i < node->n_inputs; i++) {
    const VoxelShape *shape;

    if (!voxel_ops_require_picture (node, i, error))
      return FALSE;
    shape = &node->inputs[i]->shape;
    if (shape->dim[0] != out.dim[0] || shape->dim[2] != out.dim[2] || shape->dim[3] != out.dim[3])
      return voxel_node_unsupported (node, error, "pictures of %ux%u and %ux%u do not join", out.dim[2],
                                     out.dim[3], shape->dim[2], shape->dim[3]);
    if (!g_uint_checked_add (&out.dim[1], out.dim[1], shape->dim[1]))
      return voxel_node_unsupported (node, error, "too many channels");
  }
  voxel_node_set_output (node, 0, &out);
  return TRUE;
}

const VoxelOp voxel_op_concat = {
    .name = "concat",
    .shapes = concat_shapes,
};
