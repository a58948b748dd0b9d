/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "launch.h"

/* Lines as those of softmax.cu. The mean is known before squares are summed: their difference would lose what the mean
 * has in excess of the deviation. Weight and bias are floats, one for each value of a line. */

VOXEL_DEVICE float
layer_norm_value (float x, float mean, float scale, const VoxelCudaMemory *memory, unsigned i)
{
  float weight = memory->in[1] ? ((const float *) memory->in[1])[i] : 1;
  float bias = memory->in[2] ? ((const float *) memory->in[2])[i] : 0;

  return (x - mean) * scale * weight + bias;
}

VOXEL_DEVICE void
layer_norm_line (const VoxelCudaBlock *block, const VoxelCudaLines *lines, const VoxelCudaMemory *memory,
                 unsigned line, const int form)
{
  const unsigned lanes = VOXEL_CUDA_LANES (form);
  size_t from = line * lines->src.outer, to = line * lines->dst.outer;
  float *sum = block->shared, *squares = block->shared + block->threads;
  float n = (float) lines->length, v[VOXEL_CUDA_MAX_LANES];

  VOXEL_PHASE (block, t)
  {
    sum[t] = 0;
    for (unsigned i = t * lanes; i < lines->length; i += block->threads * lanes) {
      voxel_cuda_load (v, memory->in[0], from + i, form, lines->src.type);
      for (unsigned k = 0; k < lanes; k++)
        sum[t] += v[k];
    }
  }
  voxel_cuda_reduce (block, sum, 0);
  VOXEL_PHASE (block, t)
  {
    squares[t] = 0;
    for (unsigned i = t * lanes; i < lines->length; i += block->threads * lanes) {
      voxel_cuda_load (v, memory->in[0], from + i, form, lines->src.type);
      for (unsigned k = 0; k < lanes; k++)
        squares[t] += (v[k] - sum[0] / n) * (v[k] - sum[0] / n);
    }
  }
  voxel_cuda_reduce (block, squares, 0);
  VOXEL_PHASE (block, t)
  {
    float mean = sum[0] / n, scale = 1 / sqrtf (squares[0] / n + lines->epsilon);

    for (unsigned i = t * lanes; i < lines->length; i += block->threads * lanes) {
      voxel_cuda_load (v, memory->in[0], from + i, form, lines->src.type);
      for (unsigned k = 0; k < lanes; k++)
        v[k] = layer_norm_value (v[k], mean, scale, memory, i + k);
      voxel_cuda_store (v, memory->out, to + i, form, lines->dst.type);
    }
  }
}

VOXEL_DEVICE void
layer_norm_columns (const VoxelCudaLines *lines, const VoxelCudaMemory *memory, size_t from, size_t to,
                    const int form)
{
  const int lanes = VOXEL_CUDA_LANES (form);
  float v[VOXEL_CUDA_MAX_LANES], mean[VOXEL_CUDA_MAX_LANES] = {0}, scale[VOXEL_CUDA_MAX_LANES] = {0};
  float n = (float) lines->length;

  for (unsigned i = 0; i < lines->length; i++) {
    voxel_cuda_load (v, memory->in[0], from + i * lines->src.step, form, lines->src.type);
    for (int k = 0; k < lanes; k++)
      mean[k] += v[k];
  }
  for (int k = 0; k < lanes; k++)
    mean[k] /= n;
  for (unsigned i = 0; i < lines->length; i++) {
    voxel_cuda_load (v, memory->in[0], from + i * lines->src.step, form, lines->src.type);
    for (int k = 0; k < lanes; k++)
      scale[k] += (v[k] - mean[k]) * (v[k] - mean[k]);
  }
  for (int k = 0; k < lanes; k++)
    scale[k] = 1 / sqrtf (scale[k] / n + lines->epsilon);
  for (unsigned i = 0; i < lines->length; i++) {
    voxel_cuda_load (v, memory->in[0], from + i * lines->src.step, form, lines->src.type);
    for (int k = 0; k < lanes; k++)
      v[k] = layer_norm_value (v[k], mean[k], scale[k], memory, i);
    voxel_cuda_store (v, memory->out, to + i * lines->dst.step, form, lines->dst.type);
  }
}

VOXEL_DEVICE void
layer_norm (const VoxelCudaBlock *block, const VoxelCudaLines *lines, const VoxelCudaMemory *memory,
            const int form)
{
  if (lines->inner == 0) {
    for (unsigned line = block->x; line < lines->outer; line += block->blocks)
      layer_norm_line (block, lines, memory, line, form);
    return;
  }
  VOXEL_EACH (block, i, voxel_cuda_columns (lines, form))
  {
    size_t from = voxel_cuda_column (lines, &lines->src, i, form);

    layer_norm_columns (lines, memory, from, voxel_cuda_column (lines, &lines->dst, i, form), form);
  }
}

VOXEL_KERNELS (layer_norm, VoxelCudaLines)
