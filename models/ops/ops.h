/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/graph/op.h"

G_BEGIN_DECLS

/**
 * VoxelActivation:
 * @VOXEL_ACTIVATION_NONE: the value itself
 * @VOXEL_ACTIVATION_RELU: max (x, 0)
 * @VOXEL_ACTIVATION_LEAKY_RELU: x, times the slope where negative
 * @VOXEL_ACTIVATION_SIGMOID: 1 / (1 + exp (-x))
 * @VOXEL_ACTIVATION_SILU: x sigmoid (x)
 * @VOXEL_ACTIVATION_GELU: x (1 + erf (x / sqrt 2)) / 2
 *
 * What a convolution does to its result before storing it.
 */
typedef enum {
  VOXEL_ACTIVATION_NONE,
  VOXEL_ACTIVATION_RELU,
  VOXEL_ACTIVATION_LEAKY_RELU,
  VOXEL_ACTIVATION_SIGMOID,
  VOXEL_ACTIVATION_SILU,
  VOXEL_ACTIVATION_GELU,
} VoxelActivation;

/**
 * VoxelConv2d:
 * @stride: rows, columns
 * @padding: zeros on each side, rows, columns
 * @dilation: 1 for a dense kernel
 * @groups: input and output channels are divided by
 * @activation: set by the fusing pass
 * @slope: of a leaky ReLU
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
  gfloat slope;
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
 * @ceil_mode: whether a last window that begins in the picture but ends behind it counts, as PyTorch's argument of
 *   that name
 * @copy: a second output gets a copy of the input, which a joining pass places in a joint buffer
 */
typedef struct {
  guint kernel[2];
  guint stride[2];
  guint padding[2];
  gboolean ceil_mode;
  gboolean copy;
} VoxelMaxPool2d;

/**
 * VoxelAvgPool2d:
 * @kernel: rows, columns
 * @stride: rows, columns
 * @padding: zeros on each side
 * @count_padding: whether zeros of the padding count in the mean, as PyTorch's count_include_pad
 */
typedef struct {
  guint kernel[2];
  guint stride[2];
  guint padding[2];
  gboolean count_padding;
} VoxelAvgPool2d;

/**
 * VoxelUpsample:
 * @scale: rows, columns, whole numbers
 * @align_corners: whether the corner pixels' centres are kept, as PyTorch's argument of that name
 * @nearest: each pixel repeated; bilinear otherwise
 */
typedef struct {
  guint scale[2];
  gboolean align_corners;
  gboolean nearest;
} VoxelUpsample;

/**
 * VoxelPadMode:
 * @VOXEL_PAD_ZERO: zeros
 * @VOXEL_PAD_REFLECT: mirrored at the last pixel, which is not repeated
 * @VOXEL_PAD_REPLICATE: the last pixel repeated
 */
typedef enum {
  VOXEL_PAD_ZERO,
  VOXEL_PAD_REFLECT,
  VOXEL_PAD_REPLICATE,
} VoxelPadMode;

/**
 * VoxelPad:
 * @before: rows above, columns on the left
 * @after: rows below, columns on the right
 * @mode: what they hold
 */
typedef struct {
  guint before[2];
  guint after[2];
  VoxelPadMode mode;
} VoxelPad;

/**
 * VoxelLeakyRelu:
 * @slope: of negative values
 */
typedef struct {
  gdouble slope;
} VoxelLeakyRelu;

/**
 * VoxelLayerNorm:
 * @epsilon: added to the variance
 * @axis: the dimension that is normalised: 1 are the channels of a picture's pixels
 *
 * Inputs: x, weight, bias (vectors, or %NULL). Variance over n, as PyTorch's LayerNorm of one dimension.
 */
typedef struct {
  gdouble epsilon;
  guint axis;
} VoxelLayerNorm;

/**
 * VoxelGroupNorm:
 * @epsilon: added to the variance
 * @groups: that the channels are divided into; as many as channels: instance norm
 *
 * Inputs: x (a picture), weight, bias (vectors of its channels, or %NULL).
 */
typedef struct {
  gdouble epsilon;
  guint groups;
} VoxelGroupNorm;

enum { VOXEL_NORM_X, VOXEL_NORM_WEIGHT, VOXEL_NORM_BIAS, VOXEL_NORM_INPUTS };

/**
 * VoxelSoftmax:
 * @axis: the dimension whose values sum up to 1
 */
typedef struct {
  guint axis;
} VoxelSoftmax;

/**
 * VoxelMatmul:
 * @transpose: whether the second operand's last two dimensions change places first
 * @scale: of the products, 1 for none
 *
 * Inputs: a [.., M, K], b [.., K, N]; leading dimensions are the same. Gives [.., M, N].
 */
typedef struct {
  gboolean transpose;
  gdouble scale;
} VoxelMatmul;

/**
 * VoxelAttention:
 * @heads: channels are divided by
 *
 * Inputs: queries (a picture of C channels), and keys and values (a picture of 2 C channels, keys first, perhaps of
 * another size: sequence reduction). Every pixel is a token; each head has C / heads channels and weighs the values
 * by softmax (q k / sqrt (C / heads)). Gives a picture as that of the queries.
 */
typedef struct {
  guint heads;
} VoxelAttention;

enum { VOXEL_ATTENTION_QUERY, VOXEL_ATTENTION_KEY_VALUE, VOXEL_ATTENTION_INPUTS };

/**
 * VoxelReshape:
 * @shape: of the result, as many elements, in row-major order
 */
typedef struct {
  VoxelShape shape;
} VoxelReshape;

/**
 * VoxelTranspose:
 * @order: for each dimension of the result, which one of the operand it is
 */
typedef struct {
  guint order[VOXEL_SHAPE_MAX_DIMS];
} VoxelTranspose;

VoxelActivation voxel_node_activation (const VoxelNode *node, gfloat *slope);

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
/* Of two tensors of as many dimensions; a dimension of 1 is repeated. */
extern const VoxelOp voxel_op_add;
extern const VoxelOp voxel_op_multiply;
extern const VoxelOp voxel_op_silu;
extern const VoxelOp voxel_op_leaky_relu;
extern const VoxelOp voxel_op_gelu;
extern const VoxelOp voxel_op_avg_pool2d;
/* Means over all pixels: [N, C, 1, 1]. */
extern const VoxelOp voxel_op_global_avg_pool2d;
extern const VoxelOp voxel_op_pad;
extern const VoxelOp voxel_op_layer_norm;
extern const VoxelOp voxel_op_group_norm;
extern const VoxelOp voxel_op_softmax;
extern const VoxelOp voxel_op_matmul;
/* Inputs: x [.., I], weight [O, I], bias [O] or NULL. Gives [.., O]. Over the channels of a picture it is a 1x1
 * convolution. */
extern const VoxelOp voxel_op_linear;
extern const VoxelOp voxel_op_attention;
extern const VoxelOp voxel_op_reshape;
extern const VoxelOp voxel_op_transpose;
/* The same values in another type or layout: both an explicit cast and a reorder. */
extern const VoxelOp voxel_op_convert;

G_END_DECLS
