/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

static gboolean
batch_norm_shapes (VoxelNode *node, GError **error)
{
  if (node->n_inputs != VOXEL_BATCH_NORM_INPUTS)
    return voxel_node_unsupported (node, error, "takes %u operands", VOXEL_BATCH_NORM_INPUTS);
  if (!voxel_ops_require_picture (node, 0, error))
    return FALSE;
  for (guint i = VOXEL_BATCH_NORM_WEIGHT; i < VOXEL_BATCH_NORM_INPUTS; i++) {
    if (!node->inputs[i])
      return voxel_node_unsupported (node, error, "operand %u is missing", i);
    if (!voxel_ops_require_vector (node, i, node->inputs[0]->shape.dim[1], error))
      return FALSE;
  }
  voxel_node_set_output (node, 0, &node->inputs[0]->shape);
  return TRUE;
}

const VoxelOp voxel_op_batch_norm = {
    .name = "batch_norm",
    .attributes_size = sizeof (VoxelBatchNorm),
    .shapes = batch_norm_shapes,
};
