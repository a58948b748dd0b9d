/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "launch.h"

/* Sums over the pixels of a part of a picture, channel by channel. A block has 32 columns of threads, each of a vector
 * of channels, and rows that take turns at the pixels. The grid's first dimension counts parts, once for every chunk
 * of as many channels as a block has; the second one pictures. */

#define VOXEL_CUDA_CHUNK(form) (VOXEL_CUDA_COLUMNS * VOXEL_CUDA_LANES (form))

/* Index of the block's part among those of all pictures. */
VOXEL_DEVICE size_t
voxel_cuda_part (const VoxelCudaBlock *block, const VoxelCudaReduce *params)
{
  return (size_t) block->y * params->parts + block->x % params->parts;
}

/* First of the block's pixels; of the next part: behind the last. */
VOXEL_DEVICE unsigned
voxel_cuda_part_begin (const VoxelCudaBlock *block, const VoxelCudaReduce *params, unsigned next)
{
  size_t pixels = (size_t) params->src.height * params->src.width;

  return (unsigned) (pixels * (block->x % params->parts + next) / params->parts);
}

/* Sums of values or, with @means of the chunk's channels, of squared differences from these; left in the first
 * VOXEL_CUDA_CHUNK (form) of @sums, which has room for a vector a thread. */
VOXEL_DEVICE void
voxel_cuda_part_sum (const VoxelCudaBlock *block, const VoxelCudaReduce *params,
                     const VoxelCudaMemory *memory, float *sums, const float *means, const int form)
{
  const VoxelCudaView *src = &params->src;
  const unsigned lanes = VOXEL_CUDA_LANES (form), rows = block->threads / VOXEL_CUDA_COLUMNS;
  unsigned first = block->x / params->parts * VOXEL_CUDA_CHUNK (form);
  unsigned end = voxel_cuda_part_begin (block, params, 1);
  size_t picture = (size_t) block->y * src->height * src->width;

  VOXEL_PHASE (block, t)
  {
    unsigned c = t % VOXEL_CUDA_COLUMNS * lanes, pixel = voxel_cuda_part_begin (block, params, 0);
    float sum[VOXEL_CUDA_MAX_LANES] = {0}, v[VOXEL_CUDA_MAX_LANES];

    for (pixel += t / VOXEL_CUDA_COLUMNS; pixel < end && first + c < src->channels; pixel += rows) {
      voxel_cuda_load (v, memory->in[0], (picture + pixel) * src->pitch + first + c, form, src->type);
      for (unsigned k = 0; k < lanes; k++)
        sum[k] += means ? (v[k] - means[c + k]) * (v[k] - means[c + k]) : v[k];
    }
    for (unsigned k = 0; k < lanes; k++)
      sums[t * lanes + k] = sum[k];
  }
  for (unsigned n = rows / 2; n; n /= 2)
    VOXEL_PHASE (block, t)
    {
      for (unsigned k = 0; k < lanes && t < n * VOXEL_CUDA_COLUMNS; k++)
        sums[t * lanes + k] += sums[(t + n * VOXEL_CUDA_COLUMNS) * lanes + k];
    }
}

/* The chunk's values to where those of all channels are. */
VOXEL_DEVICE void
voxel_cuda_part_store (const VoxelCudaBlock *block, const VoxelCudaReduce *params, const float *values,
                       float *to, const int form)
{
  unsigned first = block->x / params->parts * VOXEL_CUDA_CHUNK (form);

  VOXEL_PHASE (block, t)
  {
    for (unsigned i = t; i < VOXEL_CUDA_CHUNK (form) && first + i < params->src.channels; i += block->threads)
      to[first + i] = values[i];
  }
}
