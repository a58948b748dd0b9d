/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "launch.h"

/* Products of matrices without tensor cores: a thread an element of the result. The grid's second dimension are the
 * matrices. */

VOXEL_DEVICE void
matmul (const VoxelCudaBlock *block, const VoxelCudaMatmul *params, const VoxelCudaMemory *memory,
        const int form)
{
  VOXEL_EACH (block, i, params->rows * params->columns)
  {
    unsigned row = i / params->columns, column = i % params->columns;
    size_t a = ((size_t) block->y * params->rows + row) * params->depth;
    size_t b = (size_t) block->y * params->columns * params->depth + column * params->column_stride;
    float sum = 0;

    for (unsigned k = 0; k < params->depth; k++)
      sum += voxel_cuda_get (memory->in[0], a + k, params->type[0]) *
             voxel_cuda_get (memory->in[1], b + k * params->depth_stride, params->type[1]);
    sum *= params->scale;
    if (memory->in[2])
      sum += ((const float *) memory->in[2])[column];
    voxel_cuda_put (memory->out, (size_t) block->y * params->rows * params->columns + i, params->type[2],
                    sum);
  }
}

VOXEL_KERNELS (matmul, VoxelCudaMatmul)
