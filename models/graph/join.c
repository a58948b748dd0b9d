/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/passes.h"
#include "models/ops/ops.h"

typedef struct {
  VoxelGraph *graph;
  const VoxelBackend *backend;
  VoxelTensor *whole;
  guint position;
} Join;

static gboolean
takes_slice (const Join *join, const VoxelNode *node, VoxelSide side, guint index, guint channel)
{
  const VoxelKernel *kernel = voxel_backend_kernel (join->backend, node, NULL);

  return kernel && kernel->slice && kernel->slice (node, side, index, join->whole, channel);
}

/* What holds whoever computes and reads it. */
static gboolean
fits (const Join *join, const VoxelTensor *tensor, guint channel)
{
  const VoxelTensor *whole = join->whole;
  guint block = voxel_layout_block (whole->layout);

  if (tensor->type != whole->type || tensor->layout != whole->layout)
    return FALSE;
  if (block > 1)
    return whole->shape.dim[0] == 1 && channel % block == 0 && tensor->shape.dim[1] % block == 0;
  return TRUE;
}

/* Memory of its own, that nobody else lies in, and no operand that its producer overwrites. */
static gboolean
movable (const Join *join, const VoxelTensor *tensor)
{
  const VoxelNode *producer = tensor->producer;
  guint times = 0;

  if (!producer || tensor->joint || tensor == join->graph->output)
    return FALSE;
  if ((producer->op == &voxel_op_conv2d || producer->op == &voxel_op_conv_transpose2d) &&
      producer->inputs[VOXEL_CONV2D_SUM])
    return FALSE;
  for (guint t = 0; t < join->graph->tensors->len; t++)
    if (((const VoxelTensor *) join->graph->tensors->pdata[t])->joint == tensor)
      return FALSE;
  for (guint i = 0; i < join->whole->producer->n_inputs; i++)
    times += join->whole->producer->inputs[i] == tensor;
  return times == 1;
}

static gboolean
producer_writes (const Join *join, const VoxelTensor *tensor, guint channel)
{
  const VoxelNode *producer = tensor->producer;

  for (guint i = 0; i < producer->n_outputs; i++)
    if (producer->outputs[i] == tensor)
      return takes_slice (join, producer, VOXEL_SIDE_OUTPUT, i, channel);
  return FALSE;
}

static gboolean
readers_take (const Join *join, const VoxelTensor *tensor, guint channel)
{
  for (guint n = 0; n < join->graph->nodes->len; n++) {
    const VoxelNode *node = join->graph->nodes->pdata[n];

    for (guint i = 0; i < node->n_inputs; i++)
      if (node->inputs[i] == tensor && node != join->whole->producer &&
          !takes_slice (join, node, VOXEL_SIDE_INPUT, i, channel))
        return FALSE;
  }
  return TRUE;
}

static gboolean
place (const Join *join, VoxelTensor *tensor, guint channel)
{
  if (!movable (join, tensor) || !fits (join, tensor, channel) || !producer_writes (join, tensor, channel) ||
      !readers_take (join, tensor, channel))
    return FALSE;
  tensor->joint = join->whole;
  tensor->joint_channel = channel;
  return TRUE;
}

static VoxelNode *
copying_pool (const Join *join, const VoxelTensor *tensor)
{
  for (guint n = 0; n < join->position; n++) {
    VoxelNode *node = join->graph->nodes->pdata[n];
    const VoxelKernel *kernel;

    if (node->op != &voxel_op_max_pool2d || node->inputs[0] != tensor ||
        ((VoxelMaxPool2d *) node->attributes)->copy)
      continue;
    kernel = voxel_backend_kernel (join->backend, node, NULL);
    if (kernel && kernel->copies && kernel->copies (node))
      return node;
  }
  return NULL;
}

/* Lets a pooling that reads the tensor anyway put a copy of it into place. */
static gboolean
place_copy (const Join *join, guint input, guint channel)
{
  VoxelTensor *tensor = join->whole->producer->inputs[input];
  VoxelNode *pool = copying_pool (join, tensor);
  VoxelTensor *copy;

  if (!pool || !fits (join, tensor, channel) || !takes_slice (join, pool, VOXEL_SIDE_OUTPUT, 1, channel))
    return FALSE;
  ((VoxelMaxPool2d *) pool->attributes)->copy = TRUE;
  copy = voxel_graph_add_output (join->graph, pool, &tensor->shape);
  copy->type = tensor->type;
  copy->layout = tensor->layout;
  copy->joint = join->whole;
  copy->joint_channel = channel;
  join->whole->producer->inputs[input] = copy;
  return TRUE;
}

/**
 * voxel_pass_join:
 * @graph: a graph with layouts
 * @backend: whose kernels are asked
 *
 * Lets the inputs of each concat be written where they end up, as far as the kernels can.
 */
void
voxel_pass_join (VoxelGraph *graph, const VoxelBackend *backend)
{
  for (guint n = 0; n < graph->nodes->len; n++) {
    VoxelNode *concat = graph->nodes->pdata[n];
    Join join = {graph, backend, concat->outputs[0], n};
    guint channel = 0;

    if (concat->op != &voxel_op_concat || join.whole->joint)
      continue;
    for (guint i = 0; i < concat->n_inputs; i++) {
      if (!place (&join, concat->inputs[i], channel))
        place_copy (&join, i, channel);
      channel += concat->inputs[i]->shape.dim[1];
    }
  }
}
