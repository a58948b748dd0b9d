/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cpu/simd/simd.h"

/* What of a pooling window lies inside the picture: from @first on, @rows x @columns pixels. */
typedef struct {
  const gchar *first;
  gsize rows;
  gsize columns;
} Window;

SIMD_INLINE gsize
inside (guint position, guint kernel, guint stride, guint padding, guint size, gsize *first)
{
  gssize begin = (gssize) position * stride - padding, end = MIN (begin + kernel, (gssize) size);

  *first = (gsize) MAX (begin, 0);
  return (gsize) (end - MAX (begin, 0));
}

SIMD_INLINE Window
window_at (const VoxelCpuPool *pool, const void *src, gsize y, gsize x)
{
  const VoxelCpuView *view = &pool->src;
  gsize top, left;
  Window window;

  window.rows = inside (y, pool->kernel[0], pool->stride[0], pool->padding[0], view->height, &top);
  window.columns = inside (x, pool->kernel[1], pool->stride[1], pool->padding[1], view->width, &left);
  window.first = at (view, src, top, left, 0);
  return window;
}
