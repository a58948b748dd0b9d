/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cudnn-split.h"

#include "models/ops/ops.h"

/* cuDNN 9.19 has engines for convolutions of single channels with a bias and a ReLU in every type, but with anything
 * else after them none in bf16. */
static gboolean
is_refused (const VoxelNode *node)
{
  const VoxelConv2d *attributes = node->attributes;

  return node->op == &voxel_op_conv2d && node->inputs[VOXEL_CONV2D_X]->type == VOXEL_DTYPE_BF16 &&
         attributes->groups > 1 && node->inputs[VOXEL_CONV2D_WEIGHT]->shape.dim[1] == 1 &&
         (node->inputs[VOXEL_CONV2D_SUM] || (attributes->activation != VOXEL_ACTIVATION_NONE &&
                                             attributes->activation != VOXEL_ACTIVATION_RELU));
}

/* The result of a node before @before, like the one that it becomes in the end. */
static VoxelTensor *
insert (VoxelGraph *graph, const VoxelNode *before, const VoxelOp *op, gconstpointer attributes,
        VoxelTensor *const *inputs, guint n, GError **error)
{
  VoxelNode *node;
  guint position;

  voxel_graph_position (graph, before, &position);
  node = voxel_graph_insert (graph, position, op, before->name, attributes, inputs, n, error);
  if (!node)
    return NULL;
  node->outputs[0]->type = before->outputs[0]->type;
  node->outputs[0]->layout = before->outputs[0]->layout;
  return node->outputs[0];
}

static VoxelTensor *
activate (VoxelGraph *graph, const VoxelNode *conv, VoxelTensor *x, GError **error)
{
  static const VoxelOp *const ops[] = {
      [VOXEL_ACTIVATION_RELU] = &voxel_op_relu,       [VOXEL_ACTIVATION_LEAKY_RELU] = &voxel_op_leaky_relu,
      [VOXEL_ACTIVATION_SIGMOID] = &voxel_op_sigmoid, [VOXEL_ACTIVATION_SILU] = &voxel_op_silu,
      [VOXEL_ACTIVATION_GELU] = &voxel_op_gelu,
  };
  const VoxelConv2d *attributes = conv->attributes;
  const VoxelLeakyRelu leaky = {(gdouble) attributes->slope};
  const VoxelOp *op = ops[attributes->activation];

  if (!op)
    return x;
  return insert (graph, conv, op, op == &voxel_op_leaky_relu ? &leaky : NULL, &x, 1, error);
}

static gboolean
split (VoxelGraph *graph, VoxelNode *conv, GError **error)
{
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {conv->inputs[VOXEL_CONV2D_X], conv->inputs[VOXEL_CONV2D_WEIGHT],
                                              conv->inputs[VOXEL_CONV2D_BIAS]};
  VoxelTensor *sum = conv->inputs[VOXEL_CONV2D_SUM], *y;
  VoxelConv2d bare = *(const VoxelConv2d *) conv->attributes;

  bare.activation = VOXEL_ACTIVATION_NONE;
  y = insert (graph, conv, conv->op, &bare, inputs, VOXEL_CONV2D_INPUTS, error);
  if (y && sum)
    y = insert (graph, conv, &voxel_op_add, NULL, (VoxelTensor *[]){y, sum}, 2, error);
  if (y)
    y = activate (graph, conv, y, error);
  if (!y)
    return FALSE;
  voxel_graph_adopt (graph, y->producer, 0, conv->outputs[0]);
  voxel_graph_remove (graph, conv);
  return TRUE;
}

/**
 * voxel_cudnn_split:
 * @graph: a graph whose tensors have their types
 * @error: never, unless a pass is wrong
 *
 * Takes out of convolutions what passes have fused into them and cuDNN does not fuse.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_cudnn_split (VoxelGraph *graph, GError **error)
{
  for (guint n = 0; n < graph->nodes->len; n++)
    if (is_refused (graph->nodes->pdata[n]) && !split (graph, graph->nodes->pdata[n], error))
      return FALSE;
  return TRUE;
}
