/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/simd.h"

/* Pooling window of row @y, column @x; what lies outside is never the maximum. */
SIMD_INLINE Vector
window_max (const VoxelCpuPool *pool, const void *src, gsize y, gsize x, guint channel)
{
  const VoxelCpuView *view = &pool->src;
  guint n = view->channels - channel;
  Vector best = (Vector){0} - G_MAXFLOAT * 2.f;

  for (guint k = 0; k < pool->kernel[0]; k++)
    for (guint l = 0; l < pool->kernel[1]; l++) {
      gsize sy = y * pool->stride[0] + k - pool->padding[0], sx = x * pool->stride[1] + l - pool->padding[1];

      if (sy < view->height && sx < view->width)
        best = vector_max (load (at (view, src, sy, sx, channel), n, view->bf16), best);
    }
  return best;
}

/* Rows [begin, end) of the maxima. The copy, asked for only where windows tile the source, is made row by
 * row, while it is in the cache. */
void
SIMD (max_pool) (const VoxelCpuPool *pool, const void *src, void *dst, void *copy, gsize begin, gsize end)
{
  const VoxelCpuView *view = &pool->src;
  gsize bytes = view->channels * element_size (view->bf16);

  for (gsize y = begin; y < end; y++) {
    for (gsize x = 0; x < pool->dst.width; x++)
      for (guint c = 0; c < view->channels; c += LANES)
        store (at (&pool->dst, dst, y, x, c), window_max (pool, src, y, x, c), view->channels - c,
               pool->dst.bf16);
    if (pool->copy.channels == 0)
      continue;
    for (gsize sy = y * pool->stride[0]; sy < (y + 1) * pool->stride[0]; sy++)
      for (gsize x = 0; x < view->width; x++)
        memcpy (at (&pool->copy, copy, sy, x, 0), at (view, src, sy, x, 0), bytes);
  }
}
