/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/passes.h"
#include "models/ops/ops.h"

/* The convolution whose result only @node reads and that stores it as it is, or NULL. */
static VoxelNode *
plain_convolution (const VoxelGraph *graph, const VoxelTensor *tensor)
{
  VoxelNode *conv = tensor->producer;

  if (!conv || (conv->op != &voxel_op_conv2d && conv->op != &voxel_op_conv_transpose2d))
    return NULL;
  const VoxelConv2d *attributes = conv->attributes;
  if (attributes->activation != VOXEL_ACTIVATION_NONE || voxel_graph_consumers (graph, tensor, NULL) != 1)
    return NULL;
  return conv;
}

static VoxelActivation
activation_of (const VoxelNode *node)
{
  static const struct {
    const VoxelOp *op;
    VoxelActivation activation;
  } activations[] = {
      {&voxel_op_relu, VOXEL_ACTIVATION_RELU},       {&voxel_op_leaky_relu, VOXEL_ACTIVATION_LEAKY_RELU},
      {&voxel_op_sigmoid, VOXEL_ACTIVATION_SIGMOID}, {&voxel_op_silu, VOXEL_ACTIVATION_SILU},
      {&voxel_op_gelu, VOXEL_ACTIVATION_GELU},
  };

  for (guint i = 0; i < G_N_ELEMENTS (activations); i++)
    if (node->op == activations[i].op)
      return activations[i].activation;
  return VOXEL_ACTIVATION_NONE;
}

static gboolean
fuse_activation (VoxelGraph *graph, VoxelNode *node)
{
  VoxelActivation activation = activation_of (node);
  VoxelNode *conv = activation ? plain_convolution (graph, node->inputs[0]) : NULL;
  VoxelConv2d *attributes;

  if (!conv)
    return FALSE;
  attributes = conv->attributes;
  attributes->activation = activation;
  if (activation == VOXEL_ACTIVATION_LEAKY_RELU)
    attributes->slope = (gfloat) ((const VoxelLeakyRelu *) node->attributes)->slope;
  voxel_graph_adopt (graph, conv, 0, node->outputs[0]);
  voxel_graph_remove (graph, node);
  return TRUE;
}

/* Whether @conv may add @sum, overwriting it: it is computed before, and read by none but the addition after.
 */
static gboolean
addable (const VoxelGraph *graph, const VoxelNode *conv, const VoxelTensor *sum, const VoxelNode *add)
{
  guint at, position;

  if (conv->inputs[VOXEL_CONV2D_SUM] || !sum->producer || sum == graph->output ||
      !voxel_graph_position (graph, conv, &at) || !voxel_graph_position (graph, sum->producer, &position) ||
      position > at)
    return FALSE;
  for (guint n = at; n < graph->nodes->len; n++) {
    const VoxelNode *node = graph->nodes->pdata[n];

    for (guint i = 0; i < node->n_inputs; i++)
      if (node->inputs[i] == sum && node != add)
        return FALSE;
  }
  return TRUE;
}

static gboolean
fuse_add (VoxelGraph *graph, VoxelNode *add)
{
  for (guint i = 0; i < 2; i++) {
    VoxelTensor *sum = add->inputs[1 - i];
    VoxelNode *conv = plain_convolution (graph, add->inputs[i]);

    if (!conv || !voxel_shape_equal (&sum->shape, &conv->outputs[0]->shape) ||
        !addable (graph, conv, sum, add))
      continue;
    conv->inputs[VOXEL_CONV2D_SUM] = sum;
    voxel_graph_adopt (graph, conv, 0, add->outputs[0]);
    voxel_graph_remove (graph, add);
    return TRUE;
  }
  return FALSE;
}

/**
 * voxel_pass_fuse:
 * @graph: a graph
 *
 * Takes additions and activations into the convolutions before them.
 */
void
voxel_pass_fuse (VoxelGraph *graph)
{
  for (guint n = 0; n < graph->nodes->len;) {
    VoxelNode *node = graph->nodes->pdata[n];
    gboolean gone = fuse_activation (graph, node) || (node->op == &voxel_op_add && fuse_add (graph, node));

    if (!gone)
      n++;
  }
}
