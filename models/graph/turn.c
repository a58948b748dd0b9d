/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/passes.h"
#include "models/ops/ops.h"

/* For backends whose pictures are NHWC, while what is no picture, and the graph's ends, go by their shape. */

static gboolean
is_picture (const VoxelTensor *tensor)
{
  return !tensor->constant && tensor->shape.n == 4;
}

/**
 * voxel_tensor_turns:
 * @tensor: a tensor
 *
 * Returns: whether it is a picture whose NHWC is another order than that of its shape
 */
gboolean
voxel_tensor_turns (const VoxelTensor *tensor)
{
  return is_picture (tensor) && tensor->shape.dim[1] != 1;
}

/**
 * voxel_pass_turn_input:
 * @graph: a graph
 * @error: never, unless a pass is wrong
 *
 * Behind an input of several channels a convert gives NHWC.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_pass_turn_input (VoxelGraph *graph, GError **error)
{
  VoxelTensor *input = graph->input;
  VoxelNode *first, *node;

  if (!voxel_tensor_turns (input))
    return TRUE;
  if (voxel_graph_consumers (graph, input, &first) == 1 && first && first->op == &voxel_op_convert)
    return TRUE;
  node = voxel_graph_insert (graph, 0, &voxel_op_convert, "input.nhwc", NULL, &input, 1, error);
  if (!node)
    return FALSE;
  voxel_graph_redirect (graph, input, node->outputs[0]);
  node->inputs[0] = input;
  return TRUE;
}

/**
 * voxel_pass_turn_output:
 * @graph: a graph
 * @error: never, unless a pass is wrong
 *
 * Before an output of several channels a convert takes NHWC.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_pass_turn_output (VoxelGraph *graph, GError **error)
{
  VoxelTensor *output = graph->output;
  VoxelNode *last = output->producer;

  if (!voxel_tensor_turns (output) || (last && last->op == &voxel_op_convert))
    return TRUE;
  last = voxel_graph_append (graph, &voxel_op_convert, "output.nchw", NULL, &output, 1, error);
  if (!last)
    return FALSE;
  graph->output = last->outputs[0];
  return TRUE;
}

/* Operators of tensors that are no pictures, four dimensions or not: they go by the order of the shape. */
static gboolean
goes_by_shape (const VoxelNode *node)
{
  return node->op == &voxel_op_linear || node->op == &voxel_op_matmul || node->op == &voxel_op_reshape ||
         node->op == &voxel_op_transpose;
}

static gboolean
turn_operand (VoxelGraph *graph, VoxelNode *node, guint index, GError **error)
{
  VoxelTensor *tensor = node->inputs[index];
  VoxelNode *producer, *turn;
  guint position;

  if (!tensor || !voxel_tensor_turns (tensor) || tensor->layout == VOXEL_LAYOUT_NCHW)
    return TRUE;
  producer = tensor->producer;
  if (producer->op == &voxel_op_convert && producer->inputs[0]->layout == VOXEL_LAYOUT_NCHW &&
      producer->inputs[0]->type == tensor->type) {
    node->inputs[index] = producer->inputs[0];
    if (voxel_graph_consumers (graph, tensor, NULL) == 0)
      voxel_graph_remove (graph, producer);
    return TRUE;
  }
  voxel_graph_position (graph, node, &position);
  turn = voxel_graph_insert (graph, position, &voxel_op_convert, "nchw", NULL, &tensor, 1, error);
  if (!turn)
    return FALSE;
  turn->outputs[0]->type = tensor->type;
  node->inputs[index] = turn->outputs[0];
  return TRUE;
}

static gboolean
turn_result (VoxelGraph *graph, VoxelNode *node, GError **error)
{
  VoxelTensor *tensor = node->outputs[0];
  VoxelNode *turn;
  guint position;

  if (!voxel_tensor_turns (tensor) || tensor->layout == VOXEL_LAYOUT_NCHW)
    return TRUE;
  voxel_graph_position (graph, node, &position);
  turn = voxel_graph_insert (graph, position + 1, &voxel_op_convert, "nhwc", NULL, &tensor, 1, error);
  if (!turn)
    return FALSE;
  voxel_graph_redirect (graph, tensor, turn->outputs[0]);
  turn->inputs[0] = tensor;
  turn->outputs[0]->type = tensor->type;
  turn->outputs[0]->layout = VOXEL_LAYOUT_NHWC;
  tensor->layout = VOXEL_LAYOUT_NCHW;
  return TRUE;
}

static void
set_layouts (VoxelGraph *graph)
{
  for (guint i = 0; i < graph->tensors->len; i++) {
    VoxelTensor *tensor = graph->tensors->pdata[i];

    if (is_picture (tensor) && tensor != graph->input && tensor != graph->output)
      tensor->layout = VOXEL_LAYOUT_NHWC;
  }
}

/**
 * voxel_pass_turn_pictures:
 * @graph: a graph with its final operators
 * @error: never, unless a pass is wrong
 *
 * All pictures but the graph's ends become NHWC; where operators that go by the order of the shape meet them, they
 * are turned.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_pass_turn_pictures (VoxelGraph *graph, GError **error)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();

  set_layouts (graph);
  for (guint n = 0; n < graph->nodes->len; n++)
    if (goes_by_shape (graph->nodes->pdata[n]))
      g_ptr_array_add (nodes, graph->nodes->pdata[n]);
  for (guint n = 0; n < nodes->len; n++) {
    VoxelNode *node = nodes->pdata[n];

    for (guint i = 0; i < node->n_inputs; i++)
      if (!turn_operand (graph, node, i, error))
        return FALSE;
    if (!turn_result (graph, node, error))
      return FALSE;
  }
  return TRUE;
}
