/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/graph/shape.h"

G_BEGIN_DECLS

typedef enum { VOXEL_INITIAL_CONSTANT, VOXEL_INITIAL_UNIFORM, VOXEL_INITIAL_NORMAL } VoxelInitialKind;

/**
 * VoxelInitial:
 * @kind: how the elements of a tensor are distributed
 * @value: the constant; half the width of the uniform one; the deviation of the normal one. Means are 0
 *
 * What a weight is before training.
 */
typedef struct {
  VoxelInitialKind kind;
  gdouble value;
} VoxelInitial;

/**
 * VoxelInitialRule:
 * @VOXEL_INITIAL_RULE_TORCH: what PyTorch's layers do themselves: kaiming_uniform_(a = sqrt 5), biases alike
 * @VOXEL_INITIAL_RULE_RESNET: torchvision's ResNet: kaiming_normal_(fan_out, relu)
 * @VOXEL_INITIAL_RULE_SEGFORMER: SegFormer's: normal of deviation .02 in Linear, as @VOXEL_INITIAL_RULE_RESNET per
 *   group in Conv2d. (Its cut at 2 is a hundred deviations away.)
 * @VOXEL_INITIAL_RULE_KAIMING: initialize_decoder() of segmentation_models_pytorch: kaiming_uniform_(fan_in, relu)
 * @VOXEL_INITIAL_RULE_XAVIER: its initialize_head(): xavier_uniform_
 *
 * How the layers of a part of a network begin. He et al., Delving Deep into Rectifiers, 2015; Glorot, Bengio,
 * Understanding the difficulty of training deep feedforward neural networks, 2010. Biases are 0 where not said
 * otherwise; norms begin as the identity everywhere.
 */
typedef enum {
  VOXEL_INITIAL_RULE_TORCH,
  VOXEL_INITIAL_RULE_RESNET,
  VOXEL_INITIAL_RULE_SEGFORMER,
  VOXEL_INITIAL_RULE_KAIMING,
  VOXEL_INITIAL_RULE_XAVIER,
} VoxelInitialRule;

VoxelInitial voxel_initial_weight (VoxelInitialRule rule, const VoxelShape *shape, guint groups);
VoxelInitial voxel_initial_bias (VoxelInitialRule rule, const VoxelShape *weight);

G_END_DECLS
