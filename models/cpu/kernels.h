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
 * @pooled: maxima of 2x2 pixels of @dst (Winograd's only); no channels: not wanted
 * @kernel: rows, columns
 * @stride: rows, columns
 * @padding: zeros above and on the left; what lies beyond @src below and on the right is zero as well
 * @dilation: rows, columns
 * @groups: channels are divided by
 * @activation: of the results
 * @slope: of a leaky ReLU
 * @transposed: the source's pixels are spread by @stride (pairs' only)
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
 * @dst: the maxima
 * @copy: gets a copy of @src; no channels: not wanted
 */
typedef struct {
  VoxelCpuView src;
  VoxelCpuView dst;
  VoxelCpuView copy;
  guint kernel[2];
  guint stride[2];
  guint padding[2];
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

typedef enum {
  VOXEL_CPU_COPY,
  VOXEL_CPU_RELU,
  VOXEL_CPU_SIGMOID,
  VOXEL_CPU_ADD,
  VOXEL_CPU_AFFINE
} VoxelCpuMap;

/**
 * VoxelCpuPointwise:
 * @map: what is done to each value
 * @src: operand; its rows and columns those of @dst
 * @other: second operand of ADD
 * @scale: per channel, of AFFINE
 * @shift: likewise
 */
typedef struct {
  VoxelCpuMap map;
  VoxelCpuView src;
  VoxelCpuView other;
  VoxelCpuView dst;
  const gfloat *scale;
  const gfloat *shift;
} VoxelCpuPointwise;

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
  gsize (*transpose_scratch) (const VoxelCpuConv *conv);
  void (*transpose) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
  gsize (*pairs_scratch) (const VoxelCpuConv *conv);
  void (*pairs) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
  void (*dot) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
  void (*scale) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task);
  void (*max_pool) (const VoxelCpuPool *pool, const void *src, void *dst, void *copy, gsize begin, gsize end);
  void (*upsample) (const VoxelCpuUpsample *upsample, const void *src, void *dst, gsize begin, gsize end);
  void (*pointwise) (const VoxelCpuPointwise *pointwise, const void *src, const void *other, void *dst,
                     gsize begin, gsize end);
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
