/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/window.h"

SIMD_INLINE void
max_pixel (const VoxelCpuPool *pool, const Window *window, gchar *dst, gboolean bf16)
{
  const VoxelCpuView *view = &pool->src;
  gsize size = element_size (bf16), row = view->width * view->pitch * size, column = view->pitch * size;

  for (gsize c = 0; c < view->channels; c += LANES) {
    guint n = (guint) (view->channels - c);
    Vector best = load (window->first + c * size, n, bf16);

    for (gsize k = 0; k < window->rows; k++)
      for (gsize l = 0; l < window->columns; l++)
        best = vector_max (load (window->first + k * row + l * column + c * size, n, bf16), best);
    store (dst + c * element_size (pool->dst.bf16), best, n, pool->dst.bf16);
  }
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

      if (view->bf16)
        max_pixel (pool, &window, at (&pool->dst, dst, y, x, 0), TRUE);
      else
        max_pixel (pool, &window, at (&pool->dst, dst, y, x, 0), FALSE);
    }
    if (pool->copy.channels == 0)
      continue;
    for (gsize sy = y * pool->stride[0]; sy < (y + 1) * pool->stride[0]; sy++)
      for (gsize x = 0; x < view->width; x++)
        memcpy (at (&pool->copy, copy, sy, x, 0), at (view, src, sy, x, 0), bytes);
  }
}
