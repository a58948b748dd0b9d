/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "params.h"

/* One text for two compilers: kernels are CUDA for nvcc and plain C for the CPU's. They know blocks of one dimension
 * and no other barrier than the end of a phase, so that a loop over the threads can stand for them. What lives from
 * one phase to the next lies in shared memory; the CPU fills that with NaNs before each block, so that nothing can
 * be read that was not written. */

#define VOXEL_CUDA_PACK_WORDS (VOXEL_CUDA_VECTOR / 4)

typedef struct {
  unsigned word[VOXEL_CUDA_PACK_WORDS];
} __attribute__ ((aligned (VOXEL_CUDA_VECTOR))) VoxelCudaPack;

#ifdef __CUDACC__

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#define VOXEL_DEVICE static __device__ __forceinline__

/* A device faults by itself. */
#define VOXEL_ALIGNED(base)

typedef struct {
  unsigned x, y, blocks, threads;
  float *shared;
} VoxelCudaBlock;

/* Of every thread of the block; then they wait for each other. All threads of the block must come here. */
#define VOXEL_PHASE(block, t) for (unsigned t = threadIdx.x, once_ = 1; once_; once_ = 0, __syncthreads ())

/* Every thread of the grid takes some of n. */
#define VOXEL_EACH(block, i, n) \
  for (unsigned i = (block)->x * (block)->threads + threadIdx.x; i < (n); \
       i += (block)->blocks * (block)->threads)

#define VOXEL_KERNEL(name, Params, type) \
  static __global__ void name##_##type (const __grid_constant__ Params params, \
                                        const __grid_constant__ VoxelCudaMemory memory) \
  { \
    extern __shared__ float shared_[]; \
    const VoxelCudaBlock block = {blockIdx.x, blockIdx.y, gridDim.x, blockDim.x, shared_}; \
\
    name (&block, &params, &memory, type); \
  }

#define VOXEL_START(name, Params, ...) \
  extern "C" VOXEL_CUDA_ENTRY (name) \
  { \
    static void (*const kernels[VOXEL_CUDA_TYPES]) (const Params, const VoxelCudaMemory) = {__VA_ARGS__}; \
    void *arguments[] = {(void *) params, (void *) memory}; \
\
    return (int) cudaLaunchKernel ((const void *) kernels[launch->type], \
                                   dim3 (launch->blocks[0], launch->blocks[1]), dim3 (launch->threads), \
                                   arguments, launch->shared, (cudaStream_t) stream); \
  }

VOXEL_DEVICE float
voxel_cuda_from_bits (unsigned bits)
{
  return __uint_as_float (bits);
}

VOXEL_DEVICE unsigned
voxel_cuda_to_bits (float value)
{
  return __float_as_uint (value);
}

/* Rounded before anything is added to it. */
VOXEL_DEVICE float
voxel_cuda_product (float a, float b)
{
  return __fmul_rn (a, b);
}

VOXEL_DEVICE float
voxel_cuda_widen (unsigned short bits, int type)
{
  return type == VOXEL_CUDA_F16 ? __half2float (__ushort_as_half (bits))
                                : __bfloat162float (__ushort_as_bfloat16 (bits));
}

VOXEL_DEVICE unsigned short
voxel_cuda_narrow (float value, int type)
{
  return type == VOXEL_CUDA_F16 ? __half_as_ushort (__float2half_rn (value))
                                : __bfloat16_as_ushort (__float2bfloat16_rn (value));
}

#else

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "models/graph/bf16.h"
#include "models/graph/f16.h"

#define VOXEL_DEVICE static inline __attribute__ ((always_inline, unused))
#define VOXEL_ALIGNED(base) assert ((uintptr_t) (base) % VOXEL_CUDA_VECTOR == 0)

typedef struct {
  unsigned x, y, blocks, threads;
  float *shared;
  int backwards;
} VoxelCudaBlock;

static inline unsigned
voxel_cuda_turn (const VoxelCudaBlock *block, unsigned i)
{
  return block->backwards ? block->threads - 1 - i : i;
}

#define VOXEL_PHASE(block, t) \
  for (unsigned i_ = 0, t = voxel_cuda_turn (block, 0); i_ < (block)->threads; \
       t = voxel_cuda_turn (block, ++i_))

#define VOXEL_EACH(block, i, n) \
  for (unsigned i_ = 0; i_ < (block)->threads; i_++) \
    for (unsigned i = (block)->x * (block)->threads + voxel_cuda_turn (block, i_); i < (n); \
         i += (block)->blocks * (block)->threads)

#define VOXEL_KERNEL(name, Params, type) \
  static void name##_##type (const VoxelCudaBlock *block, const Params *params, \
                             const VoxelCudaMemory *memory) \
  { \
    name (block, params, memory, type); \
  }

/* Who starts kernels later keeps a copy of their params. */
#define VOXEL_START(name, Params, ...) \
  extern const size_t voxel_cuda_##name##_params; \
  const size_t voxel_cuda_##name##_params = sizeof (Params); \
\
  VOXEL_CUDA_ENTRY (name) \
  { \
    static void (*const kernels[VOXEL_CUDA_TYPES]) (const VoxelCudaBlock *, const Params *, \
                                                    const VoxelCudaMemory *) = {__VA_ARGS__}; \
    unsigned n = launch->blocks[0] * launch->blocks[1]; \
    VoxelCudaBlock block = {0, 0, launch->blocks[0], launch->threads, NULL, launch->backwards}; \
\
    block.shared = malloc (launch->shared + 1); \
    for (unsigned i = 0; i < n; i++) { \
      unsigned at = launch->backwards ? n - 1 - i : i; \
\
      block.x = at % launch->blocks[0]; \
      block.y = at / launch->blocks[0]; \
      memset (block.shared, 0xff, launch->shared); \
      kernels[launch->type](&block, params, memory); \
    } \
    free (block.shared); \
    return 0; \
  }

VOXEL_DEVICE float
voxel_cuda_from_bits (unsigned bits)
{
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

VOXEL_DEVICE unsigned
voxel_cuda_to_bits (float value)
{
  unsigned bits;

  memcpy (&bits, &value, sizeof bits);
  return bits;
}

/* The build fuses nothing. */
VOXEL_DEVICE float
voxel_cuda_product (float a, float b)
{
  return a * b;
}

VOXEL_DEVICE float
voxel_cuda_widen (unsigned short bits, int type)
{
  return type == VOXEL_CUDA_F16 ? voxel_f16_to_float (bits) : voxel_bf16_to_float (bits);
}

VOXEL_DEVICE unsigned short
voxel_cuda_narrow (float value, int type)
{
  return type == VOXEL_CUDA_F16 ? voxel_f16_from_float (value) : voxel_bf16_from_float (value);
}

#endif

/* A kernel in its four forms, and what starts them, from a function of its name that takes the block, the params, the
 * memory and the type; that is a constant in each form, which the compiler follows into the loads and stores. */
#define VOXEL_KERNELS(name, Params) \
  VOXEL_KERNEL (name, Params, VOXEL_CUDA_ANY) \
  VOXEL_KERNEL (name, Params, VOXEL_CUDA_F32) \
  VOXEL_KERNEL (name, Params, VOXEL_CUDA_F16) \
  VOXEL_KERNEL (name, Params, VOXEL_CUDA_BF16) \
  VOXEL_START (name, Params, name##_VOXEL_CUDA_ANY, name##_VOXEL_CUDA_F32, name##_VOXEL_CUDA_F16, \
               name##_VOXEL_CUDA_BF16)

/* A kernel that has only the form VOXEL_CUDA_ANY. */
#define VOXEL_KERNEL_ALONE(name, Params) \
  VOXEL_KERNEL (name, Params, VOXEL_CUDA_ANY) \
  VOXEL_START (name, Params, name##_VOXEL_CUDA_ANY)

/* One element. */
VOXEL_DEVICE float
voxel_cuda_get (const void *base, size_t at, int type)
{
  return type == VOXEL_CUDA_F32 ? ((const float *) base)[at]
                                : voxel_cuda_widen (((const unsigned short *) base)[at], type);
}

VOXEL_DEVICE void
voxel_cuda_put (void *base, size_t at, int type, float value)
{
  if (type == VOXEL_CUDA_F32)
    ((float *) base)[at] = value;
  else
    ((unsigned short *) base)[at] = voxel_cuda_narrow (value, type);
}

/* VOXEL_CUDA_LANES (form) elements; a form other than ANY is the operand's type and @at a multiple of its lanes. */
VOXEL_DEVICE void
voxel_cuda_load (float *values, const void *base, size_t at, int form, int type)
{
  VoxelCudaPack pack;

  if (form == VOXEL_CUDA_ANY) {
    values[0] = voxel_cuda_get (base, at, type);
    return;
  }
  VOXEL_ALIGNED ((const VoxelCudaPack *) base + at / VOXEL_CUDA_LANES (form));
  pack = ((const VoxelCudaPack *) base)[at / VOXEL_CUDA_LANES (form)];
  for (int i = 0; i < VOXEL_CUDA_LANES (form); i++)
    values[i] = form == VOXEL_CUDA_F32
                    ? voxel_cuda_from_bits (pack.word[i % VOXEL_CUDA_PACK_WORDS])
                    : voxel_cuda_widen ((unsigned short) (pack.word[i / 2] >> i % 2 * 16), form);
}

VOXEL_DEVICE void
voxel_cuda_store (const float *values, void *base, size_t at, int form, int type)
{
  VoxelCudaPack pack;

  if (form == VOXEL_CUDA_ANY) {
    voxel_cuda_put (base, at, type, values[0]);
    return;
  }
  for (int i = 0; i < VOXEL_CUDA_PACK_WORDS; i++)
    pack.word[i] = form == VOXEL_CUDA_F32 ? voxel_cuda_to_bits (values[i])
                                          : voxel_cuda_narrow (values[2 * i], form) |
                                                (unsigned) voxel_cuda_narrow (values[2 * i + 1], form) << 16;
  VOXEL_ALIGNED ((VoxelCudaPack *) base + at / VOXEL_CUDA_LANES (form));
  ((VoxelCudaPack *) base)[at / VOXEL_CUDA_LANES (form)] = pack;
}

/* The sum or the largest of as many values as the block has threads, in shared memory, left in the first; in a tree,
 * so that it does not depend on who comes first. */
VOXEL_DEVICE void
voxel_cuda_reduce (const VoxelCudaBlock *block, float *values, int largest)
{
  for (unsigned n = block->threads / 2; n; n /= 2)
    VOXEL_PHASE (block, t)
  if (t < n)
    values[t] = largest ? fmaxf (values[t], values[t + n]) : values[t] + values[t + n];
}

/* Lines that do not lie along the innermost dimension, as many at a time as a vector has lanes. */
VOXEL_DEVICE unsigned
voxel_cuda_columns (const VoxelCudaLines *lines, int form)
{
  return lines->outer * lines->middle * (lines->inner / VOXEL_CUDA_LANES (form));
}

/* Where the first of them begins. */
VOXEL_DEVICE size_t
voxel_cuda_column (const VoxelCudaLines *lines, const VoxelCudaLineStrides *strides, unsigned i, int form)
{
  unsigned vectors = lines->inner / VOXEL_CUDA_LANES (form);

  return i / vectors / lines->middle * strides->outer + i / vectors % lines->middle * strides->middle +
         i % vectors * VOXEL_CUDA_LANES (form);
}
