/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reduce.h"

/* Means over all pixels: sums of parts of a picture, a block each, into scratch [pictures, parts, channels]; then
 * of the parts. Nothing is added atomically, so that results do not change from run to run. */

VOXEL_DEVICE void
global_avg_pool2d (const VoxelCudaBlock *block, const VoxelCudaReduce *params, const VoxelCudaMemory *memory,
                   const int form)
{
  float *to = memory->scratch + voxel_cuda_part (block, params) * params->src.channels;

  voxel_cuda_part_sum (block, params, memory, block->shared, NULL, form);
  voxel_cuda_part_store (block, params, block->shared, to, form);
}

VOXEL_KERNELS (global_avg_pool2d, VoxelCudaReduce)

VOXEL_DEVICE void
global_avg_pool2d_finish (const VoxelCudaBlock *block, const VoxelCudaReduce *params,
                          const VoxelCudaMemory *memory, const int form)
{
  unsigned channels = params->src.channels;

  VOXEL_EACH (block, i, params->pictures * channels)
  {
    const float *sums = memory->scratch + (size_t) (i / channels) * params->parts * channels + i % channels;
    float sum = 0;

    for (unsigned k = 0; k < params->parts; k++)
      sum += sums[(size_t) k * channels];
    voxel_cuda_put (memory->out, i / channels * params->dst.pitch + i % channels, params->dst.type,
                    sum / ((float) params->src.height * (float) params->src.width));
  }
}

VOXEL_KERNELS (global_avg_pool2d_finish, VoxelCudaReduce)
