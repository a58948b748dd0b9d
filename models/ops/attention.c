/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

static gboolean
attention_shapes (VoxelNode *node, GError **error)
{
  const VoxelAttention *attention = node->attributes;
  const VoxelShape *q, *kv;

  if (!voxel_ops_require_picture (node, VOXEL_ATTENTION_QUERY, error) ||
      !voxel_ops_require_picture (node, VOXEL_ATTENTION_KEY_VALUE, error))
    return FALSE;
  q = &node->inputs[VOXEL_ATTENTION_QUERY]->shape;
  kv = &node->inputs[VOXEL_ATTENTION_KEY_VALUE]->shape;
  if (q->dim[0] != kv->dim[0] || kv->dim[1] % 2 || kv->dim[1] / 2 != q->dim[1])
    return voxel_node_unsupported (node, error, "%u pictures of %u channels ask %u of %u, not twice as many",
                                   q->dim[0], q->dim[1], kv->dim[0], kv->dim[1]);
  if (!attention->heads || q->dim[1] % attention->heads)
    return voxel_node_unsupported (node, error, "%u heads do not divide %u channels", attention->heads,
                                   q->dim[1]);
  voxel_node_set_output (node, 0, q);
  return TRUE;
}

/* Scores, and what they weigh. */
static guint64
attention_macs (const VoxelNode *node)
{
  const VoxelShape *kv = &node->inputs[VOXEL_ATTENTION_KEY_VALUE]->shape;

  return 2 * voxel_ops_elements (&node->outputs[0]->shape) * kv->dim[2] * kv->dim[3];
}

const VoxelOp voxel_op_attention = {
    .name = "attention",
    .attributes_size = sizeof (VoxelAttention),
    .shapes = attention_shapes,
    .macs = attention_macs,
};
