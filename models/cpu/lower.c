/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/cpu.h"

#include "models/cpu/chain.h"
#include "models/cpu/conv.h"
#include "models/cpu/dnnl.h"
#include "models/graph/passes.h"

/* All pictures become NHWC, whatever the instruction set: these kernels are as fast there as in blocked
 * layouts, and any channels of a joint buffer are read and written in place. */

/* With one channel there is nothing to turn, and all kernels read float and bf16 alike: whoever reads the
 * converted input reads the input. */
static void
take_input (VoxelGraph *graph)
{
  VoxelNode *node;

  if (voxel_tensor_turns (graph->input) || voxel_graph_consumers (graph, graph->input, &node) != 1 ||
      node->op != &voxel_op_convert || node->outputs[0] == graph->output)
    return;
  voxel_graph_redirect (graph, node->outputs[0], graph->input);
  voxel_graph_remove (graph, node);
}

/* Who computes the last tensor of the network before it is converted may as well write float; with one
 * channel right into the output. */
static gboolean
turn_output (VoxelGraph *graph, GError **error)
{
  VoxelTensor *output = graph->output;
  VoxelNode *last = output->producer;

  if (last && last->op == &voxel_op_convert && last->inputs[0]->producer &&
      voxel_graph_consumers (graph, last->inputs[0], NULL) == 1) {
    last->inputs[0]->type = VOXEL_DTYPE_F32;
    if (voxel_tensor_turns (output))
      return TRUE;
    for (guint i = 0; i < last->inputs[0]->producer->n_outputs; i++)
      if (last->inputs[0]->producer->outputs[i] == last->inputs[0]) {
        voxel_graph_adopt (graph, last->inputs[0]->producer, i, output);
        break;
      }
    voxel_graph_remove (graph, last);
    return TRUE;
  }
  return voxel_pass_turn_output (graph, error);
}

/* Convolutions that oneDNN is to compute become its private operator. */
static gboolean
take_dnnl (VoxelGraph *graph, GError **error)
{
  for (guint n = 0; n < graph->nodes->len; n++) {
    VoxelNode *conv = graph->nodes->pdata[n], *node;

    if (!voxel_cpu_dnnl_wanted (conv))
      continue;
    node = voxel_graph_insert (graph, n, &voxel_cpu_op_conv2d_dnnl, conv->name, conv->attributes,
                               conv->inputs, conv->n_inputs, error);
    if (!node)
      return FALSE;
    voxel_graph_adopt (graph, node, 0, conv->outputs[0]);
    voxel_graph_remove (graph, conv);
  }
  return TRUE;
}

static gboolean
pools (const VoxelNode *node)
{
  const VoxelMaxPool2d *attributes = node->attributes;

  if (node->op != &voxel_op_max_pool2d || attributes->copy)
    return FALSE;
  for (guint i = 0; i < 2; i++)
    if (attributes->kernel[i] != 2 || attributes->stride[i] != 2 || attributes->padding[i] != 0 ||
        node->inputs[0]->shape.dim[2 + i] % 2)
      return FALSE;
  return TRUE;
}

/* Results of fewer bytes are still in the second cache when they are pooled afterwards. */
#define CACHED_BYTES (512 * 1024)

static gboolean
pools_rows (const VoxelNode *conv)
{
  gsize bytes = 0;

  return voxel_cpu_conv_pairs (conv) && voxel_tensor_size (conv->outputs[0], &bytes) && bytes > CACHED_BYTES;
}

/* Winograd's tiles of 4x4 pixels hold whole pooling windows: the maxima are taken before they leave the registers;
 * products of pairs take them before rows leave the cache. */
static gboolean
fuse_pool (VoxelGraph *graph, VoxelNode *pool, GError **error)
{
  VoxelNode *conv = pool->inputs[0]->producer, *node;
  guint position;

  if (!conv || conv->op != &voxel_op_conv2d ||
      !(voxel_cpu_conv_pairs (conv) ? pools_rows (conv) : voxel_cpu_conv_winograd (conv)) ||
      !voxel_graph_position (graph, conv, &position))
    return TRUE;
  node = voxel_graph_insert (graph, position, &voxel_cpu_op_conv2d_pool, conv->name, conv->attributes,
                             conv->inputs, conv->n_inputs, error);
  if (!node)
    return FALSE;
  voxel_graph_adopt (graph, node, 0, conv->outputs[0]);
  voxel_graph_adopt (graph, node, 1, pool->outputs[0]);
  voxel_graph_remove (graph, conv);
  voxel_graph_remove (graph, pool);
  return TRUE;
}

static gboolean
fuse_pools (VoxelGraph *graph, GError **error)
{
  for (guint n = 0; n < graph->nodes->len; n++) {
    VoxelNode *node = graph->nodes->pdata[n];
    guint before = graph->nodes->len;

    if (!pools (node))
      continue;
    if (!fuse_pool (graph, node, error))
      return FALSE;
    n -= before - graph->nodes->len;
  }
  return TRUE;
}

gboolean
voxel_cpu_lower (VoxelGraph *graph, const VoxelTarget *target, GError **error)
{
  take_input (graph);
  if (!voxel_pass_turn_input (graph, error) || !turn_output (graph, error) || !take_dnnl (graph, error) ||
      !fuse_pools (graph, error) || !voxel_pass_split_batch_norm (graph, error) ||
      !voxel_cpu_fuse_chains (graph, error))
    return FALSE;
  return voxel_pass_turn_pictures (graph, error);
}
