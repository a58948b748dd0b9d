/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

/* What kernels are handed, by value: C on the host, CUDA on the device, hence no GLib here. Pictures are NHWC or any
 * channels of such; strides and pitches count elements. */

#ifdef __cplusplus
extern "C" {
#endif

#define VOXEL_CUDA_DIMS 6

/**
 * VoxelCudaType:
 * @VOXEL_CUDA_ANY: each operand's own, known at run time only
 *
 * Of elements in memory; arithmetic is float whatever they are.
 */
typedef enum { VOXEL_CUDA_ANY, VOXEL_CUDA_F32, VOXEL_CUDA_F16, VOXEL_CUDA_BF16 } VoxelCudaType;

#define VOXEL_CUDA_TYPES 4

/* Bytes that a thread loads and stores at once, but for VOXEL_CUDA_ANY, where it is one element. */
#define VOXEL_CUDA_VECTOR 16
#define VOXEL_CUDA_MAX_LANES 8
#define VOXEL_CUDA_LANES(type) ((type) == VOXEL_CUDA_ANY ? 1 : (type) == VOXEL_CUDA_F32 ? 4 : 8)

/**
 * VoxelCudaLaunch:
 * @blocks: of the grid; the second number is that of the pictures or 1
 * @threads: a block, a power of 2
 * @shared: bytes a block
 * @type: which of a kernel's forms
 * @backwards: on the CPU: blocks and threads are taken in reverse order, which must not change a bit
 */
typedef struct {
  unsigned blocks[2];
  unsigned threads;
  unsigned shared;
  VoxelCudaType type;
  int backwards;
} VoxelCudaLaunch;

/**
 * VoxelCudaMemory:
 * @in: operands, %NULL for absent ones
 * @out: the result
 * @scratch: float
 *
 * Addresses on the device.
 */
typedef struct {
  const void *in[3];
  void *out;
  float *scratch;
} VoxelCudaMemory;

/* In the order of VoxelActivation. */
typedef enum {
  VOXEL_CUDA_NONE,
  VOXEL_CUDA_RELU,
  VOXEL_CUDA_LEAKY_RELU,
  VOXEL_CUDA_SIGMOID,
  VOXEL_CUDA_SILU,
  VOXEL_CUDA_GELU,
} VoxelCudaActivation;

typedef enum { VOXEL_CUDA_FIRST, VOXEL_CUDA_ADD, VOXEL_CUDA_MULTIPLY } VoxelCudaCombine;

/**
 * VoxelCudaPointwise:
 * @combine: what the two operands become, or the first alone
 * @activation: of that
 * @slope: of a leaky ReLU
 * @n_dims: at least 1
 * @dim: outermost first; the last counts vectors
 * @in_type: of the operands
 * @in: strides, 0 where repeated
 * @out_type: of the result
 * @out: strides
 * @elements: vectors of the result
 */
typedef struct {
  VoxelCudaCombine combine;
  VoxelCudaActivation activation;
  float slope;
  unsigned n_dims;
  unsigned dim[VOXEL_CUDA_DIMS];
  VoxelCudaType in_type[2];
  size_t in[2][VOXEL_CUDA_DIMS];
  VoxelCudaType out_type;
  size_t out[VOXEL_CUDA_DIMS];
  unsigned elements;
} VoxelCudaPointwise;

/**
 * VoxelCudaView:
 * @pitch: elements from a pixel to its right neighbour
 */
typedef struct {
  unsigned height;
  unsigned width;
  unsigned channels;
  VoxelCudaType type;
  size_t pitch;
} VoxelCudaView;

/**
 * VoxelCudaUpsample:
 * @nearest: pixels are repeated; bilinear otherwise
 * @factor: rows, columns: pixel i of the result lies at (i factor - shift) / divisor of the source, not below 0;
 *   in whole numbers, so that large pictures lose nothing
 * @shift: rows, columns
 * @divisor: rows, columns
 */
typedef struct {
  VoxelCudaView src;
  VoxelCudaView dst;
  int nearest;
  unsigned factor[2];
  unsigned shift[2];
  unsigned divisor[2];
} VoxelCudaUpsample;

/**
 * VoxelCudaPad:
 * @before: rows above, columns on the left
 * @mode: in the order of VoxelPadMode
 */
typedef enum { VOXEL_CUDA_PAD_ZERO, VOXEL_CUDA_PAD_REFLECT, VOXEL_CUDA_PAD_REPLICATE } VoxelCudaPadMode;

typedef struct {
  VoxelCudaView src;
  VoxelCudaView dst;
  unsigned before[2];
  VoxelCudaPadMode mode;
} VoxelCudaPad;

/**
 * VoxelCudaPool2d:
 * @window: rows, columns that it shows
 * @stride: from one to the next
 * @before: rows above the picture, columns on its left, that the first one shows
 * @largest: the largest value; the mean otherwise
 * @divisor: of a mean; 0: as many pixels as the window shows
 */
typedef struct {
  VoxelCudaView src;
  VoxelCudaView dst;
  unsigned window[2];
  unsigned stride[2];
  unsigned before[2];
  int largest;
  unsigned divisor;
} VoxelCudaPool2d;

/* Channels of a head. */
#define VOXEL_CUDA_MAX_DEPTH 128

/**
 * VoxelCudaAttention:
 * @key_value: channels of keys, then as many of values
 * @depth: channels of a head
 * @scale: of scores
 */
typedef struct {
  VoxelCudaView query;
  VoxelCudaView key_value;
  VoxelCudaView dst;
  unsigned heads;
  unsigned depth;
  float scale;
} VoxelCudaAttention;

/**
 * VoxelCudaLines:
 * @outer: places outside the axis
 * @length: values of each line along it
 * @middle: places inside it that lie apart
 * @inner: places inside it that lie side by side; 0 where the values of a line do
 * @src: of the operand: its type, elements from one to the next of @outer, of @length and of @middle
 * @dst: of the result, likewise
 * @epsilon: of a norm: added to the variance
 *
 * A tensor as lines along one of its dimensions.
 */
typedef struct {
  VoxelCudaType type;
  size_t outer;
  size_t step;
  size_t middle;
} VoxelCudaLineStrides;

typedef struct {
  unsigned outer;
  unsigned length;
  unsigned middle;
  unsigned inner;
  VoxelCudaLineStrides src;
  VoxelCudaLineStrides dst;
  float epsilon;
} VoxelCudaLines;

/**
 * VoxelCudaMatmul:
 * @rows: of the first operand and of the result
 * @columns: of the second operand and of the result
 * @depth: columns of the first, rows of the second
 * @depth_stride: elements from a row of the second to the next
 * @column_stride: elements from a column of the second to the next
 * @scale: of products, before the third operand, which is a float a column, is added
 * @type: of the two operands and of the result
 */
typedef struct {
  unsigned rows;
  unsigned columns;
  unsigned depth;
  unsigned depth_stride;
  unsigned column_stride;
  float scale;
  VoxelCudaType type[3];
} VoxelCudaMatmul;

/* Threads that take neighbouring channels; the others of a block take other pixels. */
#define VOXEL_CUDA_COLUMNS 32

/**
 * VoxelCudaReduce:
 * @src: what is read
 * @dst: what is written; of means one pixel
 * @pictures: how many
 * @parts: that the pixels of a picture are divided into; how many does not change from run to run
 * @groups: of a group norm: channels are divided by
 * @epsilon: of a group norm: added to the variance
 *
 * Sums over the pixels of a picture: of each part into scratch, then of the parts.
 */
typedef struct {
  VoxelCudaView src;
  VoxelCudaView dst;
  unsigned pictures;
  unsigned parts;
  unsigned groups;
  float epsilon;
} VoxelCudaReduce;

/**
 * VoxelCudaEntry:
 * @params: of the kernel's type
 * @stream: a cudaStream_t
 *
 * Starts a kernel. Returns: a cudaError_t, 0 for success
 */
typedef int (*VoxelCudaEntry) (const VoxelCudaLaunch *launch, const void *params,
                               const VoxelCudaMemory *memory, void *stream);

#define VOXEL_CUDA_ENTRY(name) \
  int voxel_cuda_##name (const VoxelCudaLaunch *launch, const void *params, const VoxelCudaMemory *memory, \
                         void *stream)

/* Every kernel: what stands for it in a work, and its entry in the module's table of the same order. */
#define VOXEL_CUDA_EACH_KERNEL(X) \
  X (POINTWISE, pointwise) \
  X (UPSAMPLE, upsample) \
  X (PAD, pad) \
  X (POOL2D, pool2d) \
  X (ATTENTION, attention) \
  X (MATMUL, matmul) \
  X (SOFTMAX, softmax) \
  X (LAYER_NORM, layer_norm) \
  X (GLOBAL_AVG_POOL2D, global_avg_pool2d) \
  X (GLOBAL_AVG_POOL2D_FINISH, global_avg_pool2d_finish) \
  X (GROUP_NORM, group_norm) \
  X (GROUP_NORM_FINISH, group_norm_finish) \
  X (GROUP_NORM_SCALE, group_norm_scale) \
  X (SLICE_CUT, slice_cut) \
  X (SLICE_MERGE, slice_merge) \
  X (SLICE_STITCH, slice_stitch)

#define VOXEL_CUDA_KERNEL_NAME(NAME, name) VOXEL_CUDA_KERNEL_##NAME,
typedef enum { VOXEL_CUDA_EACH_KERNEL (VOXEL_CUDA_KERNEL_NAME) VOXEL_CUDA_N_KERNELS } VoxelCudaKernel;

#define VOXEL_CUDA_KERNEL_ENTRY(NAME, name) VOXEL_CUDA_ENTRY (name);
VOXEL_CUDA_EACH_KERNEL (VOXEL_CUDA_KERNEL_ENTRY)

/* bodies.c */
extern const VoxelCudaEntry voxel_cuda_entries[VOXEL_CUDA_N_KERNELS];

#ifdef __cplusplus
}
#endif
