/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

static gboolean
check_weight (const VoxelNode *node, const VoxelConv2d *conv, GError **error)
{
  const VoxelShape *x = &node->inputs[VOXEL_CONV2D_X]->shape;
  const VoxelShape *weight = &node->inputs[VOXEL_CONV2D_WEIGHT]->shape;

  if (!conv->groups || weight->dim[0] % conv->groups || x->dim[1] % conv->groups)
    return voxel_node_unsupported (node, error, "%u groups do not divide %u and %u channels", conv->groups,
                                   x->dim[1], weight->dim[0]);
  if (x->dim[1] / conv->groups != weight->dim[1])
    return voxel_node_unsupported (node, error, "weights for %u channels a group meet %u", weight->dim[1],
                                   x->dim[1] / conv->groups);
  if (!conv->dilation[0] || !conv->dilation[1])
    return voxel_node_unsupported (node, error, "dilation 0");
  return TRUE;
}

static gboolean
conv2d_shapes (VoxelNode *node, GError **error)
{
  const VoxelConv2d *conv = node->attributes;
  VoxelShape out;

  if (!voxel_ops_require_picture (node, VOXEL_CONV2D_X, error) ||
      !voxel_ops_require_picture (node, VOXEL_CONV2D_WEIGHT, error) || !check_weight (node, conv, error))
    return FALSE;
  const VoxelShape *x = &node->inputs[VOXEL_CONV2D_X]->shape;
  const VoxelShape *weight = &node->inputs[VOXEL_CONV2D_WEIGHT]->shape;
  out = VOXEL_SHAPE_4 (x->dim[0], weight->dim[0], 0, 0);
  if (!voxel_ops_require_vector (node, VOXEL_CONV2D_BIAS, out.dim[1], error))
    return FALSE;
  for (guint i = 0; i < 2; i++)
    if (!voxel_ops_window (node, x->dim[2 + i], conv->dilation[i] * (weight->dim[2 + i] - 1) + 1,
                           conv->stride[i], conv->padding[i], &out.dim[2 + i], error))
      return FALSE;
  voxel_node_set_output (node, 0, &out);
  return TRUE;
}

static guint64
conv2d_macs (const VoxelNode *node)
{
  const VoxelShape *weight = &node->inputs[VOXEL_CONV2D_WEIGHT]->shape;
  const VoxelShape *y = &node->outputs[0]->shape;

  return (guint64) y->dim[0] * y->dim[1] * y->dim[2] * y->dim[3] * weight->dim[1] * weight->dim[2] *
         weight->dim[3];
}

const VoxelOp voxel_op_conv2d = {
    .name = "conv2d",
    .attributes_size = sizeof (VoxelConv2d),
    .shapes = conv2d_shapes,
    .macs = conv2d_macs,
};
