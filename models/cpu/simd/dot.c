/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/finish.h"
#include "models/cpu/simd/reduce.h"

/* 1x1 convolution to few channels, such as a network's head: bound by memory, so channels lie across the
 * vector and are summed up at the end. Weights: a row of whole vectors for each output channel. */

SIMD_INLINE void
dot_rows (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, gsize begin, gsize end, gboolean bf16)
{
  gsize depth = VOXEL_CPU_PADDED (LANES, conv->src.channels), size = element_size (bf16);

  for (gsize i = begin * conv->dst.width; i < end * conv->dst.width; i++) {
    const gchar *pixel = (const gchar *) memory->src + i * conv->src.pitch * size;

    for (guint o = 0; o < conv->dst.channels; o++) {
      const gfloat *weights = conv->weights + o * depth;
      Vector sum = {0};
      Vector result;

      for (guint c = 0; c < conv->src.channels; c += LANES)
        sum += load (pixel + c * size, conv->src.channels - c, bf16) * *(const Vector *) (weights + c);
      result = sum_of (sum) + conv->bias[o];
      result = activate (result, conv->activation, conv->slope);
      if (conv->dst.bf16)
        *(guint16 *) at (&conv->dst, memory->dst, 0, i, o) = vector_to_bf16 (result)[0];
      else
        *(gfloat *) at (&conv->dst, memory->dst, 0, i, o) = result[0];
    }
  }
}

void
SIMD (dot) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task)
{
  gsize begin = part (conv->dst.height, task, conv->tile_tasks);
  gsize end = part (conv->dst.height, task + 1, conv->tile_tasks);

  if (conv->src.bf16)
    dot_rows (conv, memory, begin, end, TRUE);
  else
    dot_rows (conv, memory, begin, end, FALSE);
}
