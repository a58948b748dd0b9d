/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/ops/ops.h"

G_BEGIN_DECLS

/* What is compiled once per instruction set (simd/) and chosen at run time. All pictures are NHWC; values are
 * float or bf16 in memory and float in registers. Every function does part @task of its work, and what it
 * computes for a pixel does not depend on how the work was parted. */

#define VOXEL_CPU_MAX_TAPS 64

/**
 * VoxelCpuView:
 * @height: rows
 * @width: columns
 * @channels: of this picture
 * @pitch: elements from a pixel to its right neighbour
 * @bf16: bf16 elements, float otherwise
 *
 * A picture in memory, or the channels of one that lies in a joint buffer.
 */
typedef struct {
  guint height;
  guint width;
  guint channels;
  gsize pitch;
  gboolean bf16;
} VoxelCpuView;

/**
 * VoxelCpuConv:
 * @src: what is read
 * @dst: what is written
 * @sum: added before the activation; no channels: nothing
 * @pooled: maxima of 2x2 pixels of @dst (Winograd's and pairs'); no channels: not wanted
 * @kernel: rows, columns
 * @stride: rows, columns
 * @padding: zeros above and on the left; what lies beyond @src below and on the right is zero as well
 * @dilation: rows, columns
 * @groups: channels are divided by
 * @activation: of the results
 * @slope: of a leaky ReLU
 * @transposed: the source's pixels are spread by @stride (pairs' only)
 * @pairs: grouped only: source and weights are multiplied as pairs of bf16
 * @weights: in the form the method wants, see weights.h
 * @bias: as many as weights' output channels
 * @tile_tasks: parts that the pixels are divided into
 * @channel_tasks: parts that the output channels are divided into; tasks = @tile_tasks x @channel_tasks
 */
typedef struct {
  VoxelCpuView src;
  VoxelCpuView dst;
  VoxelCpuView sum;
  VoxelCpuView pooled;
  guint kernel[2];
  guint stride[2];
  guint padding[2];
  guint dilation[2];
  guint groups;
  VoxelActivation activation;
  gfloat slope;
  gboolean transposed;
  gboolean pairs;
  const gfloat *weights;
  const gfloat *bias;
  guint tile_tasks;
  guint channel_tasks;
} VoxelCpuConv;

/**
 * VoxelCpuConvMemory:
 * @src: picture
 * @dst: picture
 * @sum: picture, or %NULL
 * @pooled: picture, or %NULL
 * @scratch: as many bytes as asked for, of the worker who does the task
 */
typedef struct {
  const void *src;
  void *dst;
  const void *sum;
  void *pooled;
  gchar *scratch;
} VoxelCpuConvMemory;

/**
 * VoxelCpuPool:
 * @src: what is read
 * @dst: the maxima or means
 * @copy: of maxima: gets a copy of @src; no channels: not wanted
 * @kernel: rows, columns
 * @stride: rows, columns
 * @padding: above and below, left and right
 * @count_padding: of means: whether zeros of the padding count
 */
typedef struct {
  VoxelCpuView src;
  VoxelCpuView dst;
  VoxelCpuView copy;
  guint kernel[2];
  guint stride[2];
  guint padding[2];
  gboolean count_padding;
} VoxelCpuPool;

/**
 * VoxelCpuUpsample:
 * @rows: for each row of @dst: first source row, and the second's offset and weight
 * @columns: likewise
 */
typedef struct {
  guint index[2];
  gfloat weight;
} VoxelCpuLine;

typedef struct {
  VoxelCpuView src;
  VoxelCpuView dst;
  const VoxelCpuLine *rows;
  const VoxelCpuLine *columns;
} VoxelCpuUpsample;

/**
 * VoxelCpuPick:
 * @rows: for each row of @dst the one of @src that it is; %G_MAXUINT for zeros
 * @columns: likewise
 *
 * Whole pixels, put elsewhere.
 */
typedef struct {
  VoxelCpuView src;
  VoxelCpuView dst;
  const guint *rows;
  const guint *columns;
} VoxelCpuPick;

/**
 * VoxelCpuOperand:
 * @row: elements from a row to the next, 0 if one row stands for all
 * @pixel: elements from a pixel to its right neighbour, 0 if one pixel stands for all of a row
 * @splat: whether one value stands for all channels of a pixel
 * @bf16: bf16 elements, float otherwise
 *
 * A picture that is read as if it had the size of another.
 */
typedef struct {
  gsize row;
  gsize pixel;
  gboolean splat;
  gboolean bf16;
} VoxelCpuOperand;

typedef enum { VOXEL_CPU_ADD, VOXEL_CPU_MULTIPLY, VOXEL_CPU_ACTIVATE } VoxelCpuMap;

/**
 * VoxelCpuMapping:
 * @map: what is done to the value so far
 * @operand: with which, of ADD and MULTIPLY
 * @activation: of ACTIVATE
 * @slope: of a leaky ReLU
 */
typedef struct {
  VoxelCpuMap map;
  guint operand;
  VoxelActivation activation;
  gfloat slope;
} VoxelCpuMapping;

#define VOXEL_CPU_MAX_MAPS 8

/**
 * VoxelCpuChain:
 * @maps: what is done to the first operand, in this order
 * @n_maps: how many: none is a copy
 */
typedef struct {
  VoxelCpuMapping maps[VOXEL_CPU_MAX_MAPS];
  guint n_maps;
} VoxelCpuChain;

/**
 * VoxelCpuPointwise:
 * @height: rows of the result
 * @width: its columns
 * @channels: its channels
 * @dst: where it is
 * @operands: pictures of that size, or repeated to it; the first is the value to begin with
 * @chain: what is done to it
 * @n_operands: how many there are
 * @flat: whether the channels of a row's pixels lie one after the other in all pictures that are not repeated
 */
typedef struct {
  guint height;
  guint width;
  guint channels;
  VoxelCpuOperand dst;
  VoxelCpuOperand operands[VOXEL_OP_MAX_INPUTS];
  VoxelCpuChain chain;
  guint n_operands;
  gboolean flat;
} VoxelCpuPointwise;

/**
 * VoxelCpuAxis:
 * @outer: number of places outside the axis
 * @length: values of each line along it
 * @middle: places inside it that lie apart
 * @inner: places inside it that lie side by side, 1 where the values of a line do
 * @src: elements from one to the next of @outer, of @length and of @middle, and whether they are bf16
 * @dst: likewise
 *
 * A tensor as lines along one of its dimensions.
 */
typedef struct {
  gsize outer;
  gsize step;
  gsize middle;
  gboolean bf16;
} VoxelCpuAxisStrides;

typedef struct {
  gsize outer;
  gsize middle;
  gsize inner;
  guint length;
  VoxelCpuAxisStrides src;
  VoxelCpuAxisStrides dst;
} VoxelCpuAxis;

/**
 * VoxelCpuNorm:
 * @axis: lines that are normalised
 * @epsilon: added to the variance
 * @weight: for each value of a line, in whole vectors
 * @bias: likewise
 */
typedef struct {
  VoxelCpuAxis axis;
  gfloat epsilon;
  const gfloat *weight;
  const gfloat *bias;
} VoxelCpuNorm;

/* Pixels whose statistics are taken together. */
#define VOXEL_CPU_NORM_BLOCK 64

/**
 * VoxelCpuGroupNorm:
 * @src: what is read
 * @dst: what is written
 */
typedef struct {
  VoxelCpuView src;
  VoxelCpuView dst;
} VoxelCpuGroupNorm;

/**
 * VoxelCpuMatmul:
 * @a: rows one pixel wide
 * @b: likewise
 * @dst: likewise
 * @transpose: whether the rows of @b are the columns that are multiplied with
 * @scale: of the products
 *
 * Each view is one matrix.
 */
typedef struct {
  VoxelCpuView a;
  VoxelCpuView b;
  VoxelCpuView dst;
  gboolean transpose;
  gfloat scale;
} VoxelCpuMatmul;

/* Keys that attention takes at a time at most, so that they and their values stay in the second cache. */
#define VOXEL_CPU_ATTENTION_KEYS 256

/**
 * VoxelCpuAttention:
 * @query: a token a pixel
 * @key_value: keys in the first half of the channels, values in the second
 * @dst: as @query
 * @heads: channels of @query are divided by
 * @chunk: queries a task
 * @block: keys at a time
 * @pairs: whether operands are bf16 and multiplied as pairs
 */
typedef struct {
  VoxelCpuView query;
  VoxelCpuView key_value;
  VoxelCpuView dst;
  guint heads;
  guint chunk;
  guint block;
  gboolean pairs;
} VoxelCpuAttention;

/**
 * VoxelCpuAttentionMemory:
 * @query: picture
 * @key_value: picture
 * @dst: picture
 * @scratch: as many bytes as asked for, of the worker who does the task
 */
typedef struct {
  const void *query;
  const void *key_value;
  void *dst;
  gchar *scratch;
} VoxelCpuAttentionMemory;

/**
 * VoxelCpuKernels:
 * @name: of the instruction set
 * @lanes: floats a vector
 * @tile: most pixels a strip
 * @tiles: whether it multiplies bf16 by a matrix unit
 * @pairs: %NULL where products of bf16 are not an instruction
 *
 * The rows [begin, end) of the destination are the task of those that take them.
 */
typedef struct {
  const gchar *name;
  guint lanes;
  guint tile;
  gboolean tiles;
  gsize (*winograd_scratch) (const VoxelCpuConv *conv);
  void (*winograd) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
  gsize (*direct_scratch) (const VoxelCpuConv *conv);
  void (*direct) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
  gsize (*product_scratch) (const VoxelCpuConv *conv);
  void (*product) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
  gsize (*grouped_scratch) (const VoxelCpuConv *conv);
  void (*grouped) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
  gsize (*depthwise_scratch) (const VoxelCpuConv *conv);
  void (*depthwise) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
  gsize (*transpose_scratch) (const VoxelCpuConv *conv);
  void (*transpose) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
  gsize (*pairs_scratch) (const VoxelCpuConv *conv);
  void (*pairs) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
  void (*dot) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
  void (*scale) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
  void (*max_pool) (const VoxelCpuPool *pool, const void *src, void *dst, void *copy, gsize begin, gsize end);
  void (*upsample) (const VoxelCpuUpsample *upsample, const void *src, void *dst, gsize begin, gsize end);
  void (*layer_norm) (const VoxelCpuNorm *norm, const void *src, void *dst, gsize begin, gsize end);
  void (*group_norm_measure) (const VoxelCpuView *src, const void *data, gfloat *statistics, gsize begin,
                              gsize end);
  void (*group_norm_scale) (const VoxelCpuGroupNorm *norm, const void *src, void *dst, const gfloat *scale,
                            const gfloat *shift, gsize begin, gsize end);
  void (*softmax) (const VoxelCpuAxis *axis, const void *src, void *dst, gsize begin, gsize end);
  gsize (*matmul_scratch) (const VoxelCpuMatmul *matmul);
  void (*matmul) (const VoxelCpuMatmul *matmul, const void *a, const void *b, void *dst, gchar *scratch,
                  gsize begin, gsize end);
  gsize (*attention_scratch) (const VoxelCpuAttention *attention);
  void (*attention) (const VoxelCpuAttention *attention, const VoxelCpuAttentionMemory *memory, guint head,
                     gsize begin, gsize end);
  void (*avg_pool) (const VoxelCpuPool *pool, const void *src, void *dst, void *copy, gsize begin, gsize end);
  void (*sum) (const VoxelCpuView *view, const void *src, gdouble *sums, gsize begin, gsize end);
  void (*pick) (const VoxelCpuPick *pick, const void *src, void *dst, gsize begin, gsize end);
  void (*pointwise) (const VoxelCpuPointwise *pointwise, const void *const *operands, void *dst, gsize begin,
                     gsize end);
} VoxelCpuKernels;

/**
 * VOXEL_CPU_BLOCK:
 * @lanes: floats a vector
 * @left: output channels not yet in a block
 *
 * Output channels are computed in blocks of two vectors, the last of one if that is enough.
 */
#define VOXEL_CPU_BLOCK(lanes, left) ((left) > (lanes) ? 2 * (lanes) : (lanes))

/* Output channels rounded up to whole vectors: what the packed weights and the bias hold. */
#define VOXEL_CPU_PADDED(lanes, channels) (((channels) + (lanes) -1) / (lanes) * (lanes))

G_END_DECLS
