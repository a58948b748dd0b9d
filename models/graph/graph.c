/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/graph.h"

#include "models/files/model-record.h"

static void
node_free (gpointer data)
{
  VoxelNode *node = data;

  g_free (node->name);
  g_free (node->attributes);
  g_free (node);
}

static void
tensor_free (gpointer data)
{
  VoxelTensor *tensor = data;

  g_clear_pointer (&tensor->constant, voxel_constant_unref);
  g_free (tensor->name);
  g_free (tensor);
}

/**
 * voxel_graph_new:
 * @digest: of the weights: first part of the keys of packed constants
 *
 * Returns: (transfer full): an empty graph
 */
VoxelGraph *
voxel_graph_new (const gchar *digest)
{
  VoxelGraph *graph = g_new0 (VoxelGraph, 1);

  graph->digest = g_strdup (digest);
  graph->nodes = g_ptr_array_new_with_free_func (node_free);
  graph->tensors = g_ptr_array_new_with_free_func (tensor_free);
  return graph;
}

void
voxel_graph_free (VoxelGraph *graph)
{
  g_ptr_array_unref (graph->nodes);
  g_ptr_array_unref (graph->tensors);
  g_free (graph->digest);
  g_free (graph);
}

static VoxelTensor *
add_tensor (VoxelGraph *graph, const gchar *name, const VoxelShape *shape)
{
  VoxelTensor *tensor = g_new0 (VoxelTensor, 1);

  tensor->id = graph->tensors->len;
  tensor->name = g_strdup (name);
  tensor->shape = *shape;
  tensor->type = VOXEL_DTYPE_F32;
  tensor->layout = VOXEL_LAYOUT_NCHW;
  g_ptr_array_add (graph->tensors, tensor);
  return tensor;
}

/**
 * voxel_graph_input:
 * @graph: a graph without input
 * @shape: N, C, H, W
 *
 * Returns: (transfer none): the graph's input
 */
VoxelTensor *
voxel_graph_input (VoxelGraph *graph, const VoxelShape *shape)
{
  g_return_val_if_fail (!graph->input, NULL);
  graph->input = add_tensor (graph, "input", shape);
  return graph->input;
}

/**
 * voxel_graph_constant:
 * @graph: a graph
 * @constant: (transfer full): weights
 *
 * Returns: (transfer none): the tensor for them
 */
VoxelTensor *
voxel_graph_constant (VoxelGraph *graph, VoxelConstant *constant)
{
  VoxelTensor *tensor = add_tensor (graph, constant->key, &constant->shape);

  tensor->constant = constant;
  return tensor;
}

/**
 * voxel_graph_add_output:
 * @graph: a graph
 * @node: one of its nodes
 * @shape: of the new output
 *
 * Gives the node another output, as changed attributes may ask for.
 *
 * Returns: (transfer none): the output
 */
VoxelTensor *
voxel_graph_add_output (VoxelGraph *graph, VoxelNode *node, const VoxelShape *shape)
{
  guint i = node->n_outputs++;
  g_autofree gchar *name = i ? g_strdup_printf ("%s:%u", node->name, i) : g_strdup (node->name);

  g_return_val_if_fail (i < VOXEL_OP_MAX_OUTPUTS, NULL);
  node->output_shapes[i] = *shape;
  node->outputs[i] = add_tensor (graph, name, shape);
  node->outputs[i]->producer = node;
  return node->outputs[i];
}

/**
 * voxel_graph_insert:
 * @graph: a graph
 * @position: index among the nodes that the new one gets
 * @op: what it does
 * @name: of the step
 * @attributes: (nullable): copied, as many bytes as @op says
 * @inputs: operands; absent ones %NULL
 * @n_inputs: how many
 * @error: why @op is not defined for these operands
 *
 * Makes the node and its outputs, of which the first is named as the node.
 *
 * Returns: (transfer none) (nullable): the node
 */
VoxelNode *
voxel_graph_insert (VoxelGraph *graph, guint position, const VoxelOp *op, const gchar *name,
                    gconstpointer attributes, VoxelTensor *const *inputs, guint n_inputs, GError **error)
{
  VoxelNode *node;

  g_return_val_if_fail (n_inputs <= VOXEL_OP_MAX_INPUTS && position <= graph->nodes->len, NULL);
  node = g_new0 (VoxelNode, 1);
  node->op = op;
  node->name = g_strdup (name);
  node->attributes = g_memdup2 (attributes, op->attributes_size);
  node->n_inputs = n_inputs;
  for (guint i = 0; i < n_inputs; i++)
    node->inputs[i] = inputs[i];
  if (!op->shapes (node, error)) {
    node_free (node);
    return NULL;
  }
  guint n_outputs = node->n_outputs;
  node->n_outputs = 0;
  for (guint i = 0; i < n_outputs; i++)
    voxel_graph_add_output (graph, node, &node->output_shapes[i]);
  g_ptr_array_insert (graph->nodes, position, node);
  return node;
}

/**
 * voxel_graph_append:
 *
 * As voxel_graph_insert(), behind all others.
 *
 * Returns: (transfer none) (nullable): the node
 */
VoxelNode *
voxel_graph_append (VoxelGraph *graph, const VoxelOp *op, const gchar *name, gconstpointer attributes,
                    VoxelTensor *const *inputs, guint n_inputs, GError **error)
{
  return voxel_graph_insert (graph, graph->nodes->len, op, name, attributes, inputs, n_inputs, error);
}

gboolean
voxel_graph_position (const VoxelGraph *graph, const VoxelNode *node, guint *position)
{
  return g_ptr_array_find (graph->nodes, node, position);
}

/**
 * voxel_graph_consumers:
 * @graph: a graph
 * @tensor: one of its tensors
 * @only: (out) (optional): the node that reads it first, %NULL if none does
 *
 * Returns: how many operands it is; the graph's output counts as one more
 */
guint
voxel_graph_consumers (const VoxelGraph *graph, const VoxelTensor *tensor, VoxelNode **only)
{
  guint count = tensor == graph->output;
  VoxelNode *first = NULL;

  for (guint n = 0; n < graph->nodes->len; n++) {
    VoxelNode *node = graph->nodes->pdata[n];

    for (guint i = 0; i < node->n_inputs; i++) {
      if (node->inputs[i] != tensor)
        continue;
      first = first ? first : node;
      count++;
    }
  }
  if (only)
    *only = first;
  return count;
}

/**
 * voxel_graph_redirect:
 * @graph: a graph
 * @from: a tensor
 * @to: another of the same shape
 *
 * Whoever read @from reads @to; where @from was the graph's output, @to is.
 */
void
voxel_graph_redirect (VoxelGraph *graph, VoxelTensor *from, VoxelTensor *to)
{
  for (guint n = 0; n < graph->nodes->len; n++) {
    VoxelNode *node = graph->nodes->pdata[n];

    for (guint i = 0; i < node->n_inputs; i++)
      if (node->inputs[i] == from)
        node->inputs[i] = to;
  }
  if (graph->output == from)
    graph->output = to;
}

/**
 * voxel_graph_adopt:
 * @graph: a graph
 * @node: a node
 * @output: which of its outputs
 * @tensor: a tensor that another node computed so far
 *
 * @node computes @tensor from now on in place of its output, so that those who read it see no change. The
 * former producer is to be removed.
 */
void
voxel_graph_adopt (VoxelGraph *graph, VoxelNode *node, guint output, VoxelTensor *tensor)
{
  node->outputs[output]->producer = NULL;
  node->outputs[output] = tensor;
  tensor->producer = node;
}

/**
 * voxel_graph_remove:
 * @graph: a graph
 * @node: a node whose outputs nobody reads, or which another node adopted
 *
 * Takes the node out and frees it. Its tensors stay in the list and get no memory.
 */
void
voxel_graph_remove (VoxelGraph *graph, VoxelNode *node)
{
  for (guint i = 0; i < node->n_outputs; i++)
    if (node->outputs[i]->producer == node)
      node->outputs[i]->producer = NULL;
  g_ptr_array_remove (graph->nodes, node);
}

static gboolean
check_operand (const VoxelGraph *graph, const VoxelNode *node, const VoxelTensor *tensor,
               const gboolean *computed, GError **error)
{
  if (!tensor || tensor->constant || tensor == graph->input || computed[tensor->id])
    return TRUE;
  return voxel_node_unsupported (node, error, "reads %s before it is computed", tensor->name);
}

/**
 * voxel_graph_check:
 * @graph: a graph
 * @error: what is wrong with it
 *
 * Whether each operand is computed before it is read and each tensor has one producer: true before and after
 * every pass.
 */
gboolean
voxel_graph_check (const VoxelGraph *graph, GError **error)
{
  g_autofree gboolean *computed = g_new0 (gboolean, graph->tensors->len + 1);

  for (guint n = 0; n < graph->nodes->len; n++) {
    const VoxelNode *node = graph->nodes->pdata[n];

    for (guint i = 0; i < node->n_inputs; i++)
      if (!check_operand (graph, node, node->inputs[i], computed, error))
        return FALSE;
    for (guint i = 0; i < node->n_outputs; i++) {
      const VoxelTensor *tensor = node->outputs[i];

      if (tensor->producer != node || computed[tensor->id])
        return voxel_node_unsupported (node, error, "is not the only producer of %s", tensor->name);
      computed[tensor->id] = TRUE;
    }
  }
  if (!graph->input || !graph->output || !computed[graph->output->id]) {
    g_set_error_literal (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                         "The graph computes no output");
    return FALSE;
  }
  return TRUE;
}
