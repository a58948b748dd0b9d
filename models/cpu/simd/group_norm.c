/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/reduce.h"

/* Statistics of blocks of pixels, each about its own mean, which the caller puts together in double: float sums over a
 * whole picture would lose what they are made of. Chan, Golub, LeVeque: Updating formulae and a pairwise algorithm for
 * computing sample variances, 1979. */

SIMD_INLINE void
measure_vector (const gchar *x, gsize pitch, gsize pixels, guint n, gboolean bf16, gfloat *mean,
                gfloat *squares)
{
  Vector average = {0}, sum = {0};

  for (gsize i = 0; i < pixels; i++)
    average += load (x + i * pitch, n, bf16);
  average /= (gfloat) pixels;
  for (gsize i = 0; i < pixels; i++) {
    Vector a = load (x + i * pitch, n, bf16) - average;

    sum += a * a;
  }
  store (mean, average, n, FALSE);
  store (squares, sum, n, FALSE);
}

/* Blocks [begin, end): means of the channels, then sums of their squared differences to it. */
void
SIMD (group_norm_measure) (const VoxelCpuView *src, const void *data, gfloat *statistics, gsize begin,
                           gsize end)
{
  gsize pixels = (gsize) src->height * src->width, pitch = src->pitch * element_size (src->bf16);

  for (gsize i = begin; i < end; i++) {
    gsize first = i * VOXEL_CPU_NORM_BLOCK, n = MIN (VOXEL_CPU_NORM_BLOCK, pixels - first);
    gfloat *means = statistics + i * 2 * src->channels, *squares = means + src->channels;

    for (guint c = 0; c < src->channels; c += LANES) {
      const gchar *x = at (src, data, 0, first, c);

      if (src->bf16)
        measure_vector (x, pitch, n, src->channels - c, TRUE, means + c, squares + c);
      else
        measure_vector (x, pitch, n, src->channels - c, FALSE, means + c, squares + c);
    }
  }
}

SIMD_INLINE void
scale_pixels (const VoxelCpuGroupNorm *norm, const void *src, void *dst, const gfloat *scale,
              const gfloat *shift, gsize begin, gsize end, gboolean from_bf16, gboolean to_bf16)
{
  guint channels = norm->src.channels;

  for (gsize i = begin; i < end; i++) {
    const gchar *x = (const gchar *) src + i * norm->src.pitch * element_size (from_bf16);
    gchar *y = (gchar *) dst + i * norm->dst.pitch * element_size (to_bf16);

    for (guint c = 0; c < channels; c += LANES) {
      guint n = channels - c;
      Vector a = load (x + c * element_size (from_bf16), n, from_bf16);

      store (y + c * element_size (to_bf16), a * load (scale + c, n, FALSE) + load (shift + c, n, FALSE), n,
             to_bf16);
    }
  }
}

/* Pixels [begin, end). */
void
SIMD (group_norm_scale) (const VoxelCpuGroupNorm *norm, const void *src, void *dst, const gfloat *scale,
                         const gfloat *shift, gsize begin, gsize end)
{
  if (norm->src.bf16 && norm->dst.bf16)
    scale_pixels (norm, src, dst, scale, shift, begin, end, TRUE, TRUE);
  else if (norm->src.bf16)
    scale_pixels (norm, src, dst, scale, shift, begin, end, TRUE, FALSE);
  else
    scale_pixels (norm, src, dst, scale, shift, begin, end, FALSE, norm->dst.bf16);
}
