/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/chain.h"

#include <string.h>

#include "models/cpu/picture.h"
#include "models/cpu/pointwise.h"

/**
 * voxel_cpu_chain_of:
 * @node: a node
 * @chain: (out): what it does to its first operand
 *
 * Returns: whether it computes each value from those at the same place
 */
gboolean
voxel_cpu_chain_of (const VoxelNode *node, VoxelCpuChain *chain)
{
  VoxelCpuMapping *map = chain->maps;

  if (node->op == &voxel_cpu_op_chain) {
    *chain = *(const VoxelCpuChain *) node->attributes;
    return TRUE;
  }
  *chain = (VoxelCpuChain){.n_maps = 1};
  if (node->op == &voxel_op_add || node->op == &voxel_op_multiply) {
    map->map = node->op == &voxel_op_add ? VOXEL_CPU_ADD : VOXEL_CPU_MULTIPLY;
    map->operand = 1;
    return TRUE;
  }
  map->map = VOXEL_CPU_ACTIVATE;
  map->activation = voxel_node_activation (node, &map->slope);
  if (map->activation != VOXEL_ACTIVATION_NONE)
    return TRUE;
  chain->n_maps = 0;
  return node->op == &voxel_op_convert;
}

/* The node whose result only @node reads, of its own size, value by value, or NULL. */
static VoxelNode *
link_before (const VoxelGraph *graph, const VoxelNode *node, guint index, VoxelCpuChain *chain)
{
  const VoxelTensor *tensor = node->inputs[index];

  if (!tensor->producer || tensor->producer->op == &voxel_op_convert ||
      !voxel_shape_equal (&tensor->shape, &node->outputs[0]->shape) ||
      voxel_graph_consumers (graph, tensor, NULL) != 1 || !voxel_cpu_chain_of (tensor->producer, chain))
    return NULL;
  return tensor->producer;
}

/* @map goes on with what @before gave, and @other, if it takes one. */
static gboolean
lengthen (VoxelCpuChain *chain, VoxelCpuMapping map, VoxelTensor **inputs, guint *n_inputs,
          VoxelTensor *other)
{
  for (map.operand = 0; other && map.operand < *n_inputs && inputs[map.operand] != other;)
    map.operand++;
  if (chain->n_maps == VOXEL_CPU_MAX_MAPS || map.operand == VOXEL_OP_MAX_INPUTS)
    return FALSE;
  if (other && map.operand == *n_inputs)
    inputs[(*n_inputs)++] = other;
  chain->maps[chain->n_maps++] = map;
  return TRUE;
}

static gboolean
fuse (VoxelGraph *graph, guint position, guint index, gboolean *fused, GError **error)
{
  VoxelNode *node = graph->nodes->pdata[position], *before, *whole;
  VoxelTensor *inputs[VOXEL_OP_MAX_INPUTS] = {NULL};
  VoxelCpuChain chain, last;
  guint n_inputs;

  before = link_before (graph, node, index, &chain);
  if (!before || !voxel_cpu_chain_of (node, &last))
    return TRUE;
  n_inputs = before->n_inputs;
  memcpy (inputs, before->inputs, sizeof inputs);
  if (!lengthen (&chain, last.maps[0], inputs, &n_inputs,
                 node->n_inputs > 1 ? node->inputs[1 - index] : NULL))
    return TRUE;
  whole =
      voxel_graph_insert (graph, position, &voxel_cpu_op_chain, node->name, &chain, inputs, n_inputs, error);
  if (!whole)
    return FALSE;
  voxel_graph_adopt (graph, whole, 0, node->outputs[0]);
  voxel_graph_remove (graph, node);
  voxel_graph_remove (graph, before);
  *fused = TRUE;
  return TRUE;
}

/**
 * voxel_cpu_fuse_chains:
 * @graph: a graph
 * @error: of inserting nodes
 *
 * Operators that compute value by value what only the next such one reads become one with it.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_cpu_fuse_chains (VoxelGraph *graph, GError **error)
{
  for (guint n = 0; n < graph->nodes->len; n++) {
    VoxelNode *node = graph->nodes->pdata[n];
    gboolean fused = FALSE;

    if (node->op != &voxel_op_add && node->op != &voxel_op_multiply &&
        voxel_node_activation (node, &(gfloat){0}) == VOXEL_ACTIVATION_NONE)
      continue;
    for (guint i = 0; !fused && i < node->n_inputs; i++)
      if (!fuse (graph, n, i, &fused, error))
        return FALSE;
    n -= fused;
  }
  return TRUE;
}

/* As large as the largest of its operands in each dimension. */
static gboolean
chain_shapes (VoxelNode *node, GError **error)
{
  VoxelShape out = node->inputs[0]->shape;

  for (guint i = 1; i < node->n_inputs; i++)
    for (guint d = 0; d < out.n; d++)
      out.dim[d] = MAX (out.dim[d], node->inputs[i]->shape.dim[d]);
  voxel_node_set_output (node, 0, &out);
  return TRUE;
}

const VoxelOp voxel_cpu_op_chain = {
    .name = "chain",
    .attributes_size = sizeof (VoxelCpuChain),
    .shapes = chain_shapes,
};

const VoxelKernel voxel_cpu_chain = {
    .op = &voxel_cpu_op_chain,
    .name = "chain",
    .slice = voxel_cpu_slice,
    .in_place = voxel_cpu_in_place,
    .prepare = voxel_cpu_pointwise_prepare,
    .release = g_free,
    .run = voxel_cpu_pointwise_run,
};
