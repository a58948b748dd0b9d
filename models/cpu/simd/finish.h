/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cpu/simd/math.h"

/* Pixels whose sums wait in a buffer before they are finished: few enough for the first cache. */
#define SEGMENT (4 * STRIP)

/* One vector of sums: bias, summand, activation, and out to pixel (@y, @x). */
SIMD_INLINE void
finish (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, const gfloat *sums, const gfloat *bias,
        gsize y, gsize x, gsize channel, guint n)
{
  Vector a = *(const Vector *) sums + *(const Vector *) bias;

  if (G_UNLIKELY (conv->sum.channels))
    a += load (at (&conv->sum, memory->sum, y, x, channel), n, conv->sum.bf16);
  store (at (&conv->dst, memory->dst, y, x, channel), activate (a, conv->activation, conv->slope), n,
         conv->dst.bf16);
}

/* Asks for the memory of @n pixels' results, @width channels each, to be there when they are written: stores wait
 * long for lines of a far cache. */
SIMD_INLINE void
prefetch_results (const VoxelCpuView *dst, const void *data, gsize pixel, gsize n, gsize channel, guint width)
{
  gsize bytes = width * element_size (dst->bf16);

  for (gsize i = 0; i < n; i++)
    for (gsize b = 0; b < bytes; b += 64)
      __builtin_prefetch (at (dst, data, 0, pixel + i, channel) + b, 1);
}

/* All channels of a pixel as floats. */
SIMD_INLINE void
widen (const VoxelCpuView *view, const gchar *pixel, gfloat *out)
{
  gsize size = element_size (view->bf16);
  guint c = 0;

  for (; c + LANES <= view->channels; c += LANES)
    *(Vector *) (out + c) = load_full (pixel + c * size, view->bf16);
  for (; c < view->channels; c++) {
    guint32 bits;

    if (view->bf16)
      bits = (guint32) ((const guint16 *) (const void *) pixel)[c] << 16;
    else
      bits = ((const guint32 *) (const void *) pixel)[c];
    memcpy (out + c, &bits, sizeof bits);
  }
}

/* Floats from pixel to pixel in a widened row: not a power of two, lest pixels share cache sets. */
SIMD_INLINE gsize
widened_pitch (guint channels)
{
  return channels % 64 == 0 ? channels + 16 : channels;
}
