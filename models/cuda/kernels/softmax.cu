/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "launch.h"

/* Lines whose values lie side by side are a block's, others a thread's: neighbouring lines are read together. */

VOXEL_DEVICE void
softmax_line (const VoxelCudaBlock *block, const VoxelCudaLines *lines, const VoxelCudaMemory *memory,
              unsigned line, const int form)
{
  const unsigned lanes = VOXEL_CUDA_LANES (form);
  size_t from = line * lines->src.outer, to = line * lines->dst.outer;
  float *most = block->shared, *sum = block->shared + block->threads;
  float v[VOXEL_CUDA_MAX_LANES];

  VOXEL_PHASE (block, t)
  {
    most[t] = -INFINITY;
    for (unsigned i = t * lanes; i < lines->length; i += block->threads * lanes) {
      voxel_cuda_load (v, memory->in[0], from + i, form, lines->src.type);
      for (unsigned k = 0; k < lanes; k++)
        most[t] = fmaxf (most[t], v[k]);
    }
  }
  voxel_cuda_reduce (block, most, 1);
  VOXEL_PHASE (block, t)
  {
    sum[t] = 0;
    for (unsigned i = t * lanes; i < lines->length; i += block->threads * lanes) {
      voxel_cuda_load (v, memory->in[0], from + i, form, lines->src.type);
      for (unsigned k = 0; k < lanes; k++)
        sum[t] += expf (v[k] - most[0]);
    }
  }
  voxel_cuda_reduce (block, sum, 0);
  VOXEL_PHASE (block, t)
  {
    for (unsigned i = t * lanes; i < lines->length; i += block->threads * lanes) {
      voxel_cuda_load (v, memory->in[0], from + i, form, lines->src.type);
      for (unsigned k = 0; k < lanes; k++)
        v[k] = expf (v[k] - most[0]) / sum[0];
      voxel_cuda_store (v, memory->out, to + i, form, lines->dst.type);
    }
  }
}

/* As many lines as a vector has lanes. */
VOXEL_DEVICE void
softmax_columns (const VoxelCudaLines *lines, const VoxelCudaMemory *memory, size_t from, size_t to,
                 const int form)
{
  const int lanes = VOXEL_CUDA_LANES (form);
  float v[VOXEL_CUDA_MAX_LANES], most[VOXEL_CUDA_MAX_LANES], sum[VOXEL_CUDA_MAX_LANES];

  for (int k = 0; k < lanes; k++) {
    most[k] = -INFINITY;
    sum[k] = 0;
  }
  for (unsigned i = 0; i < lines->length; i++) {
    voxel_cuda_load (v, memory->in[0], from + i * lines->src.step, form, lines->src.type);
    for (int k = 0; k < lanes; k++)
      most[k] = fmaxf (most[k], v[k]);
  }
  for (unsigned i = 0; i < lines->length; i++) {
    voxel_cuda_load (v, memory->in[0], from + i * lines->src.step, form, lines->src.type);
    for (int k = 0; k < lanes; k++)
      sum[k] += expf (v[k] - most[k]);
  }
  for (unsigned i = 0; i < lines->length; i++) {
    voxel_cuda_load (v, memory->in[0], from + i * lines->src.step, form, lines->src.type);
    for (int k = 0; k < lanes; k++)
      v[k] = expf (v[k] - most[k]) / sum[k];
    voxel_cuda_store (v, memory->out, to + i * lines->dst.step, form, lines->dst.type);
  }
}

VOXEL_DEVICE void
softmax (const VoxelCudaBlock *block, const VoxelCudaLines *lines, const VoxelCudaMemory *memory,
         const int form)
{
  if (lines->inner == 0) {
    for (unsigned line = block->x; line < lines->outer; line += block->blocks)
      softmax_line (block, lines, memory, line, form);
    return;
  }
  VOXEL_EACH (block, i, voxel_cuda_columns (lines, form))
  {
    size_t from = voxel_cuda_column (lines, &lines->src, i, form);

    softmax_columns (lines, memory, from, voxel_cuda_column (lines, &lines->dst, i, form), form);
  }
}

VOXEL_KERNELS (softmax, VoxelCudaLines)
