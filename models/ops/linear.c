/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

static gboolean
linear_shapes (VoxelNode *node, GError **error)
{
  const VoxelShape *x, *weight;
  VoxelShape out;

  if (!voxel_ops_require (node, VOXEL_CONV2D_X, error) ||
      !voxel_ops_require (node, VOXEL_CONV2D_WEIGHT, error))
    return FALSE;
  x = &node->inputs[VOXEL_CONV2D_X]->shape;
  weight = &node->inputs[VOXEL_CONV2D_WEIGHT]->shape;
  if (weight->n != 2 || !x->n || x->dim[x->n - 1] != weight->dim[1]) {
    g_autofree gchar *of_x = voxel_shape_to_string (x), *of_weight = voxel_shape_to_string (weight);

    return voxel_node_unsupported (node, error, "operand of shape %s meets weights of shape %s", of_x,
                                   of_weight);
  }
  if (!voxel_ops_require_vector (node, VOXEL_CONV2D_BIAS, weight->dim[0], error))
    return FALSE;
  out = *x;
  out.dim[out.n - 1] = weight->dim[0];
  voxel_node_set_output (node, 0, &out);
  return TRUE;
}

static guint64
linear_macs (const VoxelNode *node)
{
  return voxel_ops_elements (&node->outputs[0]->shape) * node->inputs[VOXEL_CONV2D_WEIGHT]->shape.dim[1];
}

const VoxelOp voxel_op_linear = {
    .name = "linear",
    .shapes = linear_shapes,
    .macs = linear_macs,
};
