/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/graph/op.h"

G_BEGIN_DECLS

/**
 * VoxelActivation:
 * What a convolution does to its result before storing it.
 */
typedef enum {
  VOXEL_ACTIVATION_NONE,
  VOXEL_ACTIVATION_RELU,
} VoxelActivation;

/**
 * VoxelConv2d:
 * @stride: rows, columns
 * @padding: zeros on each side, rows, columns
 * @dilation: 1 for a dense kernel
 * @groups: input and output channels are divided by
 * @activation: set by the fusing pass
 *
 * Attributes of both convolutions. Inputs: x, weight, bias or %NULL, sum or %NULL; y = activation (conv (x) +
 * bias + sum). For the transposed one @padding is cut from each side and @dilation is 1.
 */
typedef struct {
  guint stride[2];
  guint padding[2];
  guint dilation[2];
  guint groups;
  VoxelActivation activation;
} VoxelConv2d;

enum { VOXEL_CONV2D_X, VOXEL_CONV2D_WEIGHT, VOXEL_CONV2D_BIAS, VOXEL_CONV2D_SUM, VOXEL_CONV2D_INPUTS };

/**
 * VoxelBatchNorm:
 * @epsilon: added to the variance
 *
 * Inference form. Inputs: x, weight, bias, running mean, running variance.
 */
typedef struct {
  gdouble epsilon;
} VoxelBatchNorm;

enum {
  VOXEL_BATCH_NORM_X,
  VOXEL_BATCH_NORM_WEIGHT,
  VOXEL_BATCH_NORM_BIAS,
  VOXEL_BATCH_NORM_MEAN,
  VOXEL_BATCH_NORM_VARIANCE,
  VOXEL_BATCH_NORM_INPUTS
};

/**
 * VoxelMaxPool2d:
 * @kernel: rows, columns
 * @stride: rows, columns
 * @padding: on each side, never the maximum
 * @copy: a second output gets a copy of the input, which a joining pass places in a joint buffer
 */
typedef struct {
  guint kernel[2];
  guint stride[2];
  guint padding[2];
  gboolean copy;
} VoxelMaxPool2d;

/**
 * VoxelUpsample:
 * @scale: rows, columns, whole numbers
 * @align_corners: whether the corner pixels' centres are kept, as PyTorch's argument of that name
 *
 * Bilinear.
 */
typedef struct {
  guint scale[2];
  gboolean align_corners;
} VoxelUpsample;

extern const VoxelOp voxel_op_conv2d;
extern const VoxelOp voxel_op_conv_transpose2d;
extern const VoxelOp voxel_op_batch_norm;
extern const VoxelOp voxel_op_relu;
extern const VoxelOp voxel_op_sigmoid;
extern const VoxelOp voxel_op_max_pool2d;
extern const VoxelOp voxel_op_upsample;
/* Channels of all inputs, one after the other. Inputs that lie in the output's memory already (their joint is
 * the output) are not touched; a concat with nothing left to copy is no step. */
extern const VoxelOp voxel_op_concat;
extern const VoxelOp voxel_op_add;
/* The same values in another type or layout: both an explicit cast and a reorder. */
extern const VoxelOp voxel_op_convert;

G_END_DECLS
