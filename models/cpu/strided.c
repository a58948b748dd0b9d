/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/strided.h"

#include "models/executor.h"
#include "models/graph/bf16.h"

typedef struct {
  const VoxelCpuStrided *strided;
  const gchar *src;
  gchar *dst;
} Work;

static inline void
copy_row (const gchar *src, gchar *dst, gsize n, gsize from, gsize to, gboolean from_bf16, gboolean to_bf16)
{
  for (gsize i = 0; i < n; i++) {
    gfloat value = from_bf16 ? voxel_bf16_to_float (((const guint16 *) (const void *) src)[i * from])
                             : ((const gfloat *) (const void *) src)[i * from];

    if (to_bf16)
      ((guint16 *) (void *) dst)[i * to] = voxel_bf16_from_float (value);
    else
      ((gfloat *) (void *) dst)[i * to] = value;
  }
}

/* Rows along the last dimension. */
static void
copy_rows (gpointer data, gsize begin, gsize end)
{
  const Work *work = data;
  const VoxelCpuStrided *strided = work->strided;
  guint last = strided->shape.n - 1, n = strided->shape.dim[last];

  for (gsize row = begin; row < end; row++) {
    gsize from = 0, to = 0, left = row, x = strided->from[last], y = strided->to[last];

    for (guint d = last; d-- > 0; left /= strided->shape.dim[d]) {
      from += left % strided->shape.dim[d] * strided->from[d];
      to += left % strided->shape.dim[d] * strided->to[d];
    }
    const gchar *src = work->src + from * (strided->from_bf16 ? 2 : 4);
    gchar *dst = work->dst + to * (strided->to_bf16 ? 2 : 4);

    if (strided->from_bf16 && strided->to_bf16)
      copy_row (src, dst, n, x, y, TRUE, TRUE);
    else if (strided->from_bf16)
      copy_row (src, dst, n, x, y, TRUE, FALSE);
    else if (strided->to_bf16)
      copy_row (src, dst, n, x, y, FALSE, TRUE);
    else
      copy_row (src, dst, n, x, y, FALSE, FALSE);
  }
}

/**
 * voxel_cpu_strided_copy:
 * @strided: what
 * @src: from where
 * @dst: to where
 *
 * Copies on all threads.
 */
void
voxel_cpu_strided_copy (const VoxelCpuStrided *strided, const void *src, void *dst)
{
  Work work = {strided, src, dst};
  gsize elements = 0;

  voxel_shape_elements (&strided->shape, &elements);
  if (elements)
    voxel_executor_for (elements / strided->shape.dim[strided->shape.n - 1], 16, copy_rows, &work);
}
