/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "launch.h"

/* Values at the same place of one or two operands, dimensions of 1 repeated; copies too, in any order and type. */

VOXEL_DEVICE float
pointwise_activate (float x, int activation, float slope)
{
  switch (activation) {
  case VOXEL_CUDA_RELU:
    return fmaxf (x, 0);
  case VOXEL_CUDA_LEAKY_RELU:
    return x < 0 ? slope * x : x;
  case VOXEL_CUDA_SIGMOID:
    return 1 / (1 + expf (-x));
  case VOXEL_CUDA_SILU:
    return x / (1 + expf (-x));
  case VOXEL_CUDA_GELU:
    return x * .5f * (1 + erff (x * .70710678f));
  default:
    return x;
  }
}

/* An operand that one value of stands for the innermost dimension. */
VOXEL_DEVICE void
pointwise_take (float *values, const VoxelCudaPointwise *params, const VoxelCudaMemory *memory, int which,
                size_t at, int form)
{
  if (form != VOXEL_CUDA_ANY && params->in[which][params->n_dims - 1] == 0) {
    values[0] = voxel_cuda_get (memory->in[which], at, form);
    for (int k = 1; k < VOXEL_CUDA_LANES (form); k++)
      values[k] = values[0];
    return;
  }
  voxel_cuda_load (values, memory->in[which], at, form, params->in_type[which]);
}

VOXEL_DEVICE void
pointwise (const VoxelCudaBlock *block, const VoxelCudaPointwise *params, const VoxelCudaMemory *memory,
           const int form)
{
  VOXEL_EACH (block, i, params->elements)
  {
    size_t a = 0, b = 0, out = 0;
    unsigned left = i;
    float x[VOXEL_CUDA_MAX_LANES], y[VOXEL_CUDA_MAX_LANES] = {0};

    for (unsigned d = params->n_dims; d-- > 0; left /= params->dim[d]) {
      size_t along = left % params->dim[d];

      a += along * params->in[0][d];
      b += along * params->in[1][d];
      out += along * params->out[d];
    }
    pointwise_take (x, params, memory, 0, a, form);
    if (params->combine != VOXEL_CUDA_FIRST)
      pointwise_take (y, params, memory, 1, b, form);
    for (int k = 0; k < VOXEL_CUDA_LANES (form); k++) {
      if (params->combine == VOXEL_CUDA_ADD)
        x[k] += y[k];
      else if (params->combine == VOXEL_CUDA_MULTIPLY)
        x[k] *= y[k];
      x[k] = pointwise_activate (x[k], params->activation, params->slope);
    }
    voxel_cuda_store (x, memory->out, out, form, params->out_type);
  }
}

VOXEL_KERNELS (pointwise, VoxelCudaPointwise)
