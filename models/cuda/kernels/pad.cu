/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "launch.h"

/* The grid's second dimension are pictures. */

/* Which of @size lines is at @i of the padded side; @size for none. */
VOXEL_DEVICE unsigned
pad_source (const VoxelCudaPad *params, int side, unsigned i, unsigned size)
{
  unsigned before = params->before[side];

  if (i >= before && i - before < size)
    return i - before;
  if (params->mode == VOXEL_CUDA_PAD_ZERO)
    return size;
  if (params->mode == VOXEL_CUDA_PAD_REPLICATE)
    return i < before ? 0 : size - 1;
  return i < before ? before - i : 2 * (size - 1) - (i - before);
}

VOXEL_DEVICE void
pad (const VoxelCudaBlock *block, const VoxelCudaPad *params, const VoxelCudaMemory *memory, const int form)
{
  const VoxelCudaView *src = &params->src, *dst = &params->dst;
  unsigned vectors = dst->channels / VOXEL_CUDA_LANES (form);
  size_t from = (size_t) block->y * src->height * src->width,
         to = (size_t) block->y * dst->height * dst->width;

  VOXEL_EACH (block, i, dst->height * dst->width * vectors)
  {
    unsigned c = i % vectors * VOXEL_CUDA_LANES (form), pixel = i / vectors;
    unsigned y = pad_source (params, 0, pixel / dst->width, src->height);
    unsigned x = pad_source (params, 1, pixel % dst->width, src->width);
    float values[VOXEL_CUDA_MAX_LANES] = {0};

    if (y < src->height && x < src->width)
      voxel_cuda_load (values, memory->in[0], (from + (size_t) y * src->width + x) * src->pitch + c, form,
                       src->type);
    voxel_cuda_store (values, memory->out, (to + pixel) * dst->pitch + c, form, dst->type);
  }
}

VOXEL_KERNELS (pad, VoxelCudaPad)
