/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "launch.h"

/* Largest or mean value of the pixels that a window shows. The grid's second dimension are pictures. */

/* Which pixels of a side the window @i shows: from @first to before @end. */
VOXEL_DEVICE void
pool2d_window (const VoxelCudaPool2d *params, int side, unsigned i, unsigned size, unsigned *first,
               unsigned *end)
{
  unsigned at = i * params->stride[side], before = params->before[side];

  *first = at > before ? at - before : 0;
  *end = at + params->window[side] - before;
  *end = *end < size ? *end : size;
}

VOXEL_DEVICE void
pool2d (const VoxelCudaBlock *block, const VoxelCudaPool2d *params, const VoxelCudaMemory *memory,
        const int form)
{
  const VoxelCudaView *src = &params->src, *dst = &params->dst;
  unsigned vectors = dst->channels / VOXEL_CUDA_LANES (form);
  size_t from = (size_t) block->y * src->height * src->width,
         to = (size_t) block->y * dst->height * dst->width;

  VOXEL_EACH (block, i, dst->height * dst->width * vectors)
  {
    unsigned c = i % vectors * VOXEL_CUDA_LANES (form), pixel = i / vectors;
    unsigned y[2], x[2], pixels;
    float values[VOXEL_CUDA_MAX_LANES], seen[VOXEL_CUDA_MAX_LANES];

    pool2d_window (params, 0, pixel / dst->width, src->height, &y[0], &y[1]);
    pool2d_window (params, 1, pixel % dst->width, src->width, &x[0], &x[1]);
    pixels = params->divisor ? params->divisor : (y[1] - y[0]) * (x[1] - x[0]);
    for (int k = 0; k < VOXEL_CUDA_LANES (form); k++)
      values[k] = params->largest ? -INFINITY : 0;
    for (unsigned row = y[0]; row < y[1]; row++)
      for (unsigned column = x[0]; column < x[1]; column++) {
        voxel_cuda_load (seen, memory->in[0], (from + (size_t) row * src->width + column) * src->pitch + c,
                         form, src->type);
        for (int k = 0; k < VOXEL_CUDA_LANES (form); k++)
          values[k] = params->largest ? fmaxf (values[k], seen[k]) : values[k] + seen[k];
      }
    for (int k = 0; k < VOXEL_CUDA_LANES (form) && !params->largest; k++)
      values[k] /= (float) pixels;
    voxel_cuda_store (values, memory->out, (to + pixel) * dst->pitch + c, form, dst->type);
  }
}

VOXEL_KERNELS (pool2d, VoxelCudaPool2d)
