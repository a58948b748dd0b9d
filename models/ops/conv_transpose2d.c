/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

static gboolean
conv_transpose2d_shapes (VoxelNode *node, GError **error)
{
  const VoxelConv2d *conv = node->attributes;
  VoxelShape out;

  if (!voxel_ops_require_picture (node, VOXEL_CONV2D_X, error) ||
      !voxel_ops_require_picture (node, VOXEL_CONV2D_WEIGHT, error))
    return FALSE;
  const VoxelShape *x = &node->inputs[VOXEL_CONV2D_X]->shape;
  const VoxelShape *weight = &node->inputs[VOXEL_CONV2D_WEIGHT]->shape;
  if (!conv->groups || x->dim[1] % conv->groups || x->dim[1] != weight->dim[0])
    return voxel_node_unsupported (node, error, "weights for %u channels in %u groups meet %u",
                                   weight->dim[0], conv->groups, x->dim[1]);
  if (conv->dilation[0] != 1 || conv->dilation[1] != 1)
    return voxel_node_unsupported (node, error, "dilation other than 1");
  out = VOXEL_SHAPE_4 (x->dim[0], weight->dim[1] * conv->groups, 0, 0);
  if (!voxel_ops_require_vector (node, VOXEL_CONV2D_BIAS, out.dim[1], error))
    return FALSE;
  for (guint i = 0; i < 2; i++) {
    guint64 full = (guint64) (x->dim[2 + i] - 1) * conv->stride[i] + weight->dim[2 + i];
    guint64 cut = 2 * (guint64) conv->padding[i];

    if (!conv->stride[i] || full <= cut || full - cut > G_MAXUINT)
      return voxel_node_unsupported (node, error, "stride %u, padding %u leave no picture", conv->stride[i],
                                     conv->padding[i]);
    out.dim[2 + i] = (guint) (full - cut);
  }
  voxel_node_set_output (node, 0, &out);
  return TRUE;
}

static guint64
conv_transpose2d_macs (const VoxelNode *node)
{
  const VoxelShape *weight = &node->inputs[VOXEL_CONV2D_WEIGHT]->shape;
  const VoxelShape *x = &node->inputs[VOXEL_CONV2D_X]->shape;

  return (guint64) x->dim[0] * x->dim[1] * x->dim[2] * x->dim[3] * weight->dim[1] * weight->dim[2] *
         weight->dim[3];
}

const VoxelOp voxel_op_conv_transpose2d = {
    .name = "conv_transpose2d",
    .attributes_size = sizeof (VoxelConv2d),
    .shapes = conv_transpose2d_shapes,
    .macs = conv_transpose2d_macs,
};
