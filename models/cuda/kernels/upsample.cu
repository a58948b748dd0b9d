/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "launch.h"

/* Whole multiples of a picture's size: pixels repeated, or bilinear with weights in float. The grid's second dimension
 * are pictures. */

/* Which pixels are on both sides of where @i lies. Returns: how far it is from the first, of 1 */
VOXEL_DEVICE float
upsample_place (const VoxelCudaUpsample *params, int side, unsigned i, unsigned size, unsigned *below,
                unsigned *above)
{
  unsigned at = i * params->factor[side], shift = params->shift[side], divisor = params->divisor[side];

  at = at > shift ? at - shift : 0;
  *below = at / divisor < size ? at / divisor : size - 1;
  *above = *below + 1 < size ? *below + 1 : *below;
  return (float) (at - *below * divisor) / (float) divisor;
}

VOXEL_DEVICE void
upsample (const VoxelCudaBlock *block, const VoxelCudaUpsample *params, const VoxelCudaMemory *memory,
          const int form)
{
  const VoxelCudaView *src = &params->src, *dst = &params->dst;
  unsigned vectors = dst->channels / VOXEL_CUDA_LANES (form);
  size_t from = (size_t) block->y * src->height * src->width,
         to = (size_t) block->y * dst->height * dst->width;

  VOXEL_EACH (block, i, dst->height * dst->width * vectors)
  {
    unsigned c = i % vectors * VOXEL_CUDA_LANES (form), pixel = i / vectors;
    unsigned y[2], x[2];
    float fy = upsample_place (params, 0, pixel / dst->width, src->height, &y[0], &y[1]);
    float fx = upsample_place (params, 1, pixel % dst->width, src->width, &x[0], &x[1]);
    float v[4][VOXEL_CUDA_MAX_LANES];

    for (int k = 0; k < 4; k++)
      if (k == 0 || !params->nearest)
        voxel_cuda_load (v[k], memory->in[0],
                         (from + (size_t) y[k / 2] * src->width + x[k % 2]) * src->pitch + c, form,
                         src->type);
    for (int k = 0; k < VOXEL_CUDA_LANES (form) && !params->nearest; k++)
      v[0][k] = (1 - fy) * ((1 - fx) * v[0][k] + fx * v[1][k]) + fy * ((1 - fx) * v[2][k] + fx * v[3][k]);
    voxel_cuda_store (v[0], memory->out, (to + pixel) * dst->pitch + c, form, dst->type);
  }
}

VOXEL_KERNELS (upsample, VoxelCudaUpsample)
