/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/simd.h"

/* Sums over pixels: floats of so few pixels that hardly anything is lost to rounding, and these sums in double. */
#define PIXELS 64
#define CHANNELS 512

/* Adds channels [@channel, @channel + @n) of @pixels pixels to @sums. */
SIMD_INLINE void
sum_block (const VoxelCpuView *view, const gchar *pixel, gsize pixels, gsize n, gdouble *sums, gboolean bf16)
{
  gfloat block[CHANNELS + LANES] = {0};
  gsize size = element_size (bf16), step = view->pitch * size, i = 0;

  for (; i + 4 <= pixels; i += 4)
    for (gsize c = 0; c < n; c += LANES) {
      const gchar *from = pixel + i * step + c * size;
      guint left = (guint) (n - c);

      *(Vector *) (block + c) += (load (from, left, bf16) + load (from + step, left, bf16)) +
                                 (load (from + 2 * step, left, bf16) + load (from + 3 * step, left, bf16));
    }
  for (; i < pixels; i++)
    for (gsize c = 0; c < n; c += LANES)
      *(Vector *) (block + c) += load (pixel + i * step + c * size, (guint) (n - c), bf16);
  for (gsize c = 0; c < n; c++)
    sums[c] += block[c];
}

/* Adds all pixels of the rows [begin, end) to the sum of each channel. */
void
SIMD (sum) (const VoxelCpuView *view, const void *src, gdouble *sums, gsize begin, gsize end)
{
  for (gsize i = begin * view->width; i < end * view->width; i += PIXELS) {
    gsize pixels = MIN (PIXELS, end * view->width - i);

    for (gsize c = 0; c < view->channels; c += CHANNELS) {
      gsize n = MIN (CHANNELS, view->channels - c);

      if (view->bf16)
        sum_block (view, at (view, src, 0, i, c), pixels, n, sums + c, TRUE);
      else
        sum_block (view, at (view, src, 0, i, c), pixels, n, sums + c, FALSE);
    }
  }
}
