/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/window.h"

SIMD_INLINE void
mean_pixel (const VoxelCpuPool *pool, const Window *window, gchar *dst, gboolean bf16)
{
  const VoxelCpuView *view = &pool->src;
  gsize size = element_size (bf16), row = view->width * view->pitch * size, column = view->pitch * size;
  gsize count =
      pool->count_padding ? (gsize) pool->kernel[0] * pool->kernel[1] : window->rows * window->columns;

  for (gsize c = 0; c < view->channels; c += LANES) {
    guint n = (guint) (view->channels - c);
    Vector sum = {0};

    for (gsize k = 0; k < window->rows; k++)
      for (gsize l = 0; l < window->columns; l++)
        sum += load (window->first + k * row + l * column + c * size, n, bf16);
    store (dst + c * element_size (pool->dst.bf16), sum / (gfloat) count, n, pool->dst.bf16);
  }
}

/* Rows [begin, end) of the means; @copy is not for these. */
void
SIMD (avg_pool) (const VoxelCpuPool *pool, const void *src, void *dst, void *copy, gsize begin, gsize end)
{
  for (gsize y = begin; y < end; y++)
    for (gsize x = 0; x < pool->dst.width; x++) {
      const Window window = window_at (pool, src, y, x);

      if (pool->src.bf16)
        mean_pixel (pool, &window, at (&pool->dst, dst, y, x, 0), TRUE);
      else
        mean_pixel (pool, &window, at (&pool->dst, dst, y, x, 0), FALSE);
    }
}
