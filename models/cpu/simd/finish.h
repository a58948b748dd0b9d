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

SIMD_INLINE void
finish_whole (gchar *out, gsize step, const gfloat *sums, gsize n, Vector bias, VoxelActivation activation,
              gboolean bf16)
{
  for (gsize i = 0; i < n; i++, out += step) {
    Vector a = *(const Vector *) (sums + i * LANES) + bias;

    if (activation == VOXEL_ACTIVATION_RELU)
      a = vector_positive (a);
    else if (activation == VOXEL_ACTIVATION_GELU)
      a = vector_gelu (a);
    store_full (out, a, bf16);
  }
}

/* As above, a vector of each of @pixels from (@y, @x) on, with what there is most of written out. */
static __attribute__ ((noinline, unused)) void
finish_vectors (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, const gfloat *sums,
                const gfloat *bias, gsize y, gsize x, gsize pixels, gsize channel, guint n)
{
  gchar *out = at (&conv->dst, memory->dst, y, x, channel);
  gsize step = conv->dst.pitch * element_size (conv->dst.bf16);

#define FINISH(activation) \
  if (conv->dst.bf16) \
    finish_whole (out, step, sums, pixels, *(const Vector *) bias, activation, TRUE); \
  else \
    finish_whole (out, step, sums, pixels, *(const Vector *) bias, activation, FALSE)
  if (n < LANES || conv->sum.channels ||
      (conv->activation > VOXEL_ACTIVATION_RELU && conv->activation != VOXEL_ACTIVATION_GELU))
    for (gsize i = 0; i < pixels; i++)
      finish (conv, memory, sums + i * LANES, bias, y, x + i, channel, n);
  else if (conv->activation == VOXEL_ACTIVATION_RELU)
    FINISH (VOXEL_ACTIVATION_RELU);
  else if (conv->activation == VOXEL_ACTIVATION_GELU)
    FINISH (VOXEL_ACTIVATION_GELU);
  else
    FINISH (VOXEL_ACTIVATION_NONE);
#undef FINISH
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
