/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/initial.h"

#include <math.h>

/* As torch.nn.init counts: inputs of a result are all dimensions of the weight but the first, of a transposed
 * convolution too; results of an input are the first and the kernel. */
static gdouble
fan_in (const VoxelShape *shape)
{
  gdouble fan = 1;

  for (guint i = 1; i < shape->n; i++)
    fan *= shape->dim[i];
  return fan;
}

static gdouble
fan_out (const VoxelShape *shape)
{
  return fan_in (shape) / shape->dim[1] * shape->dim[0];
}

/**
 * voxel_initial_weight:
 * @rule: of its part of the network
 * @shape: of a convolution's or a linear layer's weight
 * @groups: of the convolution
 *
 * Returns: how its elements are distributed
 */
VoxelInitial
voxel_initial_weight (VoxelInitialRule rule, const VoxelShape *shape, guint groups)
{
  switch (rule) {
  case VOXEL_INITIAL_RULE_RESNET:
    return (VoxelInitial){VOXEL_INITIAL_NORMAL, sqrt (2 / fan_out (shape))};
  case VOXEL_INITIAL_RULE_SEGFORMER:
    if (shape->n == 2)
      return (VoxelInitial){VOXEL_INITIAL_NORMAL, .02};
    return (VoxelInitial){VOXEL_INITIAL_NORMAL, sqrt (2 / floor (fan_out (shape) / groups))};
  case VOXEL_INITIAL_RULE_KAIMING:
    return (VoxelInitial){VOXEL_INITIAL_UNIFORM, sqrt (6 / fan_in (shape))};
  case VOXEL_INITIAL_RULE_XAVIER:
    return (VoxelInitial){VOXEL_INITIAL_UNIFORM, sqrt (6 / (fan_in (shape) + fan_out (shape)))};
  case VOXEL_INITIAL_RULE_TORCH:
    break;
  }
  return (VoxelInitial){VOXEL_INITIAL_UNIFORM, 1 / sqrt (fan_in (shape))};
}

/**
 * voxel_initial_bias:
 * @rule: of its part of the network
 * @weight: shape of the weight of the same layer
 *
 * Returns: how its elements are distributed
 */
VoxelInitial
voxel_initial_bias (VoxelInitialRule rule, const VoxelShape *weight)
{
  if (rule == VOXEL_INITIAL_RULE_TORCH)
    return (VoxelInitial){VOXEL_INITIAL_UNIFORM, 1 / sqrt (fan_in (weight))};
  return (VoxelInitial){VOXEL_INITIAL_CONSTANT, 0};
}
