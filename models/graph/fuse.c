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

static gboolean
fuse_activation (VoxelGraph *graph, VoxelNode *node)
{
  gfloat slope;
  VoxelActivation activation = voxel_node_activation (node, &slope);
  VoxelNode *conv = activation ? plain_convolution (graph, node->inputs[0]) : NULL;
  VoxelConv2d *attributes;

  if (!conv)
    return FALSE;
  attributes = conv->attributes;
  attributes->activation = activation;
  attributes->slope = slope;
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

/* The product that only @node reads, or NULL. */
static VoxelNode *
product_of (const VoxelGraph *graph, const VoxelTensor *tensor)
{
  VoxelNode *node = tensor->producer;

  return node && node->op == &voxel_op_multiply && voxel_graph_consumers (graph, tensor, NULL) == 1 ? node
                                                                                                    : NULL;
}

static gboolean
is_smaller (const VoxelTensor *tensor, const VoxelTensor *than)
{
  gsize a = 0, b = 0;

  return voxel_shape_elements (&tensor->shape, &a) && voxel_shape_elements (&than->shape, &b) && a < b;
}

static gboolean
factor_out (VoxelGraph *graph, VoxelNode *add, VoxelTensor *x, VoxelTensor *a, VoxelTensor *b)
{
  VoxelNode *products[] = {add->inputs[0]->producer, add->inputs[1]->producer}, *sum, *product;
  guint position;

  if (!is_smaller (a, x) || !is_smaller (b, x) || !voxel_graph_position (graph, add, &position))
    return FALSE;
  sum = voxel_graph_insert (graph, position, &voxel_op_add, add->name, NULL, (VoxelTensor *const[]){a, b}, 2,
                            NULL);
  product = voxel_graph_insert (graph, position + 1, &voxel_op_multiply, add->name, NULL,
                                (VoxelTensor *const[]){x, sum->outputs[0]}, 2, NULL);
  voxel_graph_adopt (graph, product, 0, add->outputs[0]);
  voxel_graph_remove (graph, add);
  voxel_graph_remove (graph, products[0]);
  voxel_graph_remove (graph, products[1]);
  return TRUE;
}

/* x a + x b is x (a + b): of factors smaller than x, as a pixel's and a channel's. */
static gboolean
fuse_products (VoxelGraph *graph, VoxelNode *add)
{
  VoxelNode *a = product_of (graph, add->inputs[0]), *b = product_of (graph, add->inputs[1]);

  for (guint i = 0; a && b && i < 4; i++) {
    VoxelTensor *x = a->inputs[i / 2];

    if (x == b->inputs[i % 2] && factor_out (graph, add, x, a->inputs[1 - i / 2], b->inputs[1 - i % 2]))
      return TRUE;
  }
  return FALSE;
}

static gboolean
fuse_node (VoxelGraph *graph, VoxelNode *node)
{
  if (node->op == &voxel_op_add)
    return fuse_add (graph, node) || fuse_products (graph, node);
  return fuse_activation (graph, node);
}

/**
 * voxel_pass_fuse:
 * @graph: a graph
 *
 * Takes additions and activations into the convolutions before them, and sums of products with the same factor
 * apart.
 */
void
voxel_pass_fuse (VoxelGraph *graph)
{
  for (guint n = 0; n < graph->nodes->len;)
    if (!fuse_node (graph, graph->nodes->pdata[n]))
      n++;
}
