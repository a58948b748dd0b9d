/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reduce.h"

/* Three kernels: the mean of each part and channel, and the squares of what is left, into scratch
 * [pictures, parts, 2, channels]; those of a group put together (Chan, Golub, LeVeque 1983, "Algorithms for computing
 * the sample variance", (1.5)), into factors and summands [pictures, 2, channels] behind; y = x factor + summand. */

VOXEL_DEVICE void
group_norm (const VoxelCudaBlock *block, const VoxelCudaReduce *params, const VoxelCudaMemory *memory,
            const int form)
{
  float *means = block->shared, *sums = block->shared + VOXEL_CUDA_CHUNK (form);
  float *to = memory->scratch + voxel_cuda_part (block, params) * 2 * params->src.channels;
  unsigned pixels = voxel_cuda_part_begin (block, params, 1) - voxel_cuda_part_begin (block, params, 0);

  voxel_cuda_part_sum (block, params, memory, sums, NULL, form);
  VOXEL_PHASE (block, t)
  {
    for (unsigned i = t; i < VOXEL_CUDA_CHUNK (form); i += block->threads)
      means[i] = sums[i] / (float) pixels;
  }
  voxel_cuda_part_sum (block, params, memory, sums, means, form);
  voxel_cuda_part_store (block, params, means, to, form);
  voxel_cuda_part_store (block, params, sums, to + params->src.channels, form);
}

VOXEL_KERNELS (group_norm, VoxelCudaReduce)

VOXEL_DEVICE float *
group_norm_factors (const VoxelCudaReduce *params, const VoxelCudaMemory *memory, unsigned picture)
{
  return memory->scratch + ((size_t) params->pictures * params->parts + picture) * 2 * params->src.channels;
}

/* Parts have as many pixels as voxel_cuda_part_begin() says. */
VOXEL_DEVICE float
group_norm_pixels (const VoxelCudaReduce *params, unsigned part)
{
  size_t pixels = (size_t) params->src.height * params->src.width;

  return (float) (pixels * (part + 1) / params->parts - pixels * part / params->parts);
}

/* A block a group; the grid's second dimension are pictures. */
VOXEL_DEVICE void
group_norm_finish (const VoxelCudaBlock *block, const VoxelCudaReduce *params, const VoxelCudaMemory *memory,
                   const int form)
{
  unsigned channels = params->src.channels, n = channels / params->groups, first = block->x * n;
  const float *from = memory->scratch + (size_t) block->y * params->parts * 2 * channels;
  float *factors = group_norm_factors (params, memory, block->y);
  float *mean = block->shared, *squares = block->shared + block->threads;
  float values = (float) params->src.height * (float) params->src.width * (float) n;

  VOXEL_PHASE (block, t)
  {
    mean[t] = 0;
    for (unsigned i = t; i < n * params->parts; i += block->threads)
      mean[t] +=
          from[(size_t) (i / n) * 2 * channels + first + i % n] * group_norm_pixels (params, i / n) / values;
  }
  voxel_cuda_reduce (block, mean, 0);
  VOXEL_PHASE (block, t)
  {
    squares[t] = 0;
    for (unsigned i = t; i < n * params->parts; i += block->threads) {
      const float *part = from + (size_t) (i / n) * 2 * channels + first + i % n;
      float apart = part[0] - mean[0];

      squares[t] += part[channels] + apart * apart * group_norm_pixels (params, i / n);
    }
  }
  voxel_cuda_reduce (block, squares, 0);
  VOXEL_PHASE (block, t)
  {
    float scale = 1 / sqrtf (squares[0] / values + params->epsilon);

    for (unsigned c = first + t; c < first + n; c += block->threads) {
      float weight = memory->in[1] ? ((const float *) memory->in[1])[c] : 1;
      float bias = memory->in[2] ? ((const float *) memory->in[2])[c] : 0;

      factors[c] = scale * weight;
      factors[channels + c] = bias - mean[0] * scale * weight;
    }
  }
}

VOXEL_KERNELS (group_norm_finish, VoxelCudaReduce)

VOXEL_DEVICE void
group_norm_scale (const VoxelCudaBlock *block, const VoxelCudaReduce *params, const VoxelCudaMemory *memory,
                  const int form)
{
  const VoxelCudaView *src = &params->src, *dst = &params->dst;
  const float *factors = group_norm_factors (params, memory, block->y);
  unsigned vectors = src->channels / VOXEL_CUDA_LANES (form);
  size_t picture = (size_t) block->y * src->height * src->width;

  VOXEL_EACH (block, i, src->height * src->width * vectors)
  {
    unsigned c = i % vectors * VOXEL_CUDA_LANES (form);
    size_t pixel = picture + i / vectors;
    float v[VOXEL_CUDA_MAX_LANES];

    voxel_cuda_load (v, memory->in[0], pixel * src->pitch + c, form, src->type);
    for (int k = 0; k < VOXEL_CUDA_LANES (form); k++)
      v[k] = v[k] * factors[c + k] + factors[src->channels + c + k];
    voxel_cuda_store (v, memory->out, pixel * dst->pitch + c, form, dst->type);
  }
}

VOXEL_KERNELS (group_norm_scale, VoxelCudaReduce)
