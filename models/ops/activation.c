/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"

/**
 * voxel_node_activation:
 * @node: a node
 * @slope: (out): of a leaky ReLU
 *
 * Returns: which activation it is, %VOXEL_ACTIVATION_NONE for all else
 */
VoxelActivation
voxel_node_activation (const VoxelNode *node, gfloat *slope)
{
  static const struct {
    const VoxelOp *op;
    VoxelActivation activation;
  } activations[] = {
      {&voxel_op_relu, VOXEL_ACTIVATION_RELU},       {&voxel_op_leaky_relu, VOXEL_ACTIVATION_LEAKY_RELU},
      {&voxel_op_sigmoid, VOXEL_ACTIVATION_SIGMOID}, {&voxel_op_silu, VOXEL_ACTIVATION_SILU},
      {&voxel_op_gelu, VOXEL_ACTIVATION_GELU},
  };

  *slope = node->op == &voxel_op_leaky_relu ? (gfloat) ((const VoxelLeakyRelu *) node->attributes)->slope : 0;
  for (guint i = 0; i < G_N_ELEMENTS (activations); i++)
    if (node->op == activations[i].op)
      return activations[i].activation;
  return VOXEL_ACTIVATION_NONE;
}
