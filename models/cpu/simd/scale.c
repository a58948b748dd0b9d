/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/math.h"

/* 1x1 convolution from one channel to one: bound by memory, so pixels lie across the vector. */

SIMD_INLINE void
scale_pixels (const VoxelCpuConv *conv, const gchar *src, gchar *dst, gsize n, gboolean bf16)
{
  Vector weight = (Vector){0} + conv->weights[0], bias = (Vector){0} + conv->bias[0];
  gsize in = element_size (bf16), out = element_size (conv->dst.bf16);

  for (gsize i = 0; i < n; i += LANES) {
    guint left = (guint) MIN (n - i, LANES);
    Vector result = load (src + i * in, left, bf16) * weight + bias;

    store (dst + i * out, activate (result, conv->activation, conv->slope), left, conv->dst.bf16);
  }
}

void
SIMD (scale) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task)
{
  gsize begin = part (conv->dst.height, task, conv->tile_tasks);
  gsize n = (part (conv->dst.height, task + 1, conv->tile_tasks) - begin) * conv->dst.width;
  const gchar *src = at (&conv->src, memory->src, begin, 0, 0);
  gchar *dst = at (&conv->dst, memory->dst, begin, 0, 0);

  if (conv->src.bf16)
    scale_pixels (conv, src, dst, n, TRUE);
  else
    scale_pixels (conv, src, dst, n, FALSE);
}
