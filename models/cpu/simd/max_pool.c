/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/window.h"

SIMD_INLINE void
max_pixel (const VoxelCpuPool *pool, const Window *window, gchar *dst, gsize channel, gboolean bf16)
{
  const VoxelCpuView *view = &pool->src;
  gsize size = element_size (bf16), row = view->width * view->pitch * size, column = view->pitch * size;

  for (gsize c = channel; c < view->channels; c += LANES) {
    guint n = (guint) (view->channels - c);
    Vector best = load (window->first + c * size, n, bf16);

    for (gsize k = 0; k < window->rows; k++)
      for (gsize l = 0; l < window->columns; l++)
        best = vector_max (load (window->first + k * row + l * column + c * size, n, bf16), best);
    store (dst + c * element_size (pool->dst.bf16), best, n, pool->dst.bf16);
  }
}

/* Pairs of bf16, aligned as one. */
typedef guint32 PairBits __attribute__ ((vector_size (LANES * 4), aligned (2), may_alias));

/* Of bf16 to bf16, two at a time as they lie in 32 bits: neither is widened nor rounded. */
SIMD_INLINE gsize
max_pairs (const VoxelCpuPool *pool, const Window *window, gchar *dst)
{
  const VoxelCpuView *view = &pool->src;
  gsize row = view->width * view->pitch * 2, column = view->pitch * 2, c = 0;

  for (; c + 2 * LANES <= view->channels; c += 2 * LANES) {
    const gchar *first = window->first + c * 2;
    Vector odd = (Vector) (*(const PairBits *) first & 0xffff0000),
           even = (Vector) (*(const PairBits *) first << 16);

    for (gsize k = 0; k < window->rows; k++)
      for (gsize l = 0; l < window->columns; l++) {
        Bits pair = *(const PairBits *) (first + k * row + l * column);

        odd = vector_max ((Vector) (pair & 0xffff0000), odd);
        even = vector_max ((Vector) (pair << 16), even);
      }
    *(PairBits *) (dst + c * 2) = (Bits) odd | (Bits) even >> 16;
  }
  return c;
}

/* Rows [begin, end) of the maxima. The copy, asked for only where windows tile the source, is made row by
 * row, while it is in the cache. */
void
SIMD (max_pool) (const VoxelCpuPool *pool, const void *src, void *dst, void *copy, gsize begin, gsize end)
{
  const VoxelCpuView *view = &pool->src;
  gsize bytes = view->channels * element_size (view->bf16);

  for (gsize y = begin; y < end; y++) {
    for (gsize x = 0; x < pool->dst.width; x++) {
      const Window window = window_at (pool, src, y, x);
      gchar *to = at (&pool->dst, dst, y, x, 0);

      if (view->bf16 && pool->dst.bf16)
        max_pixel (pool, &window, to, max_pairs (pool, &window, to), TRUE);
      else if (view->bf16)
        max_pixel (pool, &window, to, 0, TRUE);
      else
        max_pixel (pool, &window, to, 0, FALSE);
    }
    if (pool->copy.channels == 0)
      continue;
    for (gsize sy = y * pool->stride[0]; sy < (y + 1) * pool->stride[0]; sy++)
      for (gsize x = 0; x < view->width; x++)
        memcpy (at (&pool->copy, copy, sy, x, 0), at (view, src, sy, x, 0), bytes);
  }
}
