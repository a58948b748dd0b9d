/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cpu/simd/simd.h"

/* What is asked for ahead, a few lines at a time between multiplications: these wait for no memory then. */

/**
 * Ahead:
 * @view: picture
 * @data: its memory
 * @y: row of the next pixel
 * @x: its column
 * @last: row to end before
 * @step: rows and columns from one pixel to the next
 * @byte: of the next pixel
 */
typedef struct {
  const VoxelCpuView *view;
  const void *data;
  gsize y;
  gsize x;
  gsize last;
  guint step[2];
  guint byte;
} Ahead;

/* At most @lines more, to be read. */
SIMD_INLINE void
fetch_ahead (Ahead *ahead, gsize lines)
{
  const VoxelCpuView *view = ahead->view;
  guint bytes = view->channels * element_size (view->bf16);

  while (lines && ahead->y < ahead->last) {
    const gchar *pixel = at (view, ahead->data, ahead->y, ahead->x, 0);

    for (; lines && ahead->byte < bytes; ahead->byte += 64, lines--)
      __builtin_prefetch (pixel + ahead->byte, 0, 2);
    if (ahead->byte < bytes)
      return;
    /* Pixels of less than a line share one. */
    ahead->x += ahead->step[1] * MAX (1, 64 / (view->pitch * element_size (view->bf16)));
    ahead->byte = 0;
    if (ahead->x >= view->width) {
      ahead->x = 0;
      ahead->y += ahead->step[0];
    }
  }
}

/* Lines that hold @pixels of a picture. */
SIMD_INLINE gsize
lines_of (const VoxelCpuView *view, gsize pixels)
{
  gsize size = element_size (view->bf16);

  return view->pitch * size < 64 ? pixels * view->pitch * size / 64 + 1
                                 : pixels * ((view->channels * size + 63) / 64);
}

/* The places of results, @width channels of @n pixels, to be written: stores wait long for lines of a far cache. */
SIMD_INLINE void
fetch_results (const VoxelCpuView *dst, const void *data, gsize y, gsize x, gsize n, gsize channel,
               guint width)
{
  gsize bytes = MIN (width, dst->channels - channel) * element_size (dst->bf16);

  for (gsize i = 0; i < n; i++)
    for (gsize b = 0; b < bytes; b += 64)
      __builtin_prefetch (at (dst, data, y, x + i, channel) + b, 1);
}
