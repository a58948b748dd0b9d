/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/axis.h"
#include "models/cpu/simd/math.h"

/* Exponentials are computed twice, for the sum and for the results: what is stored between may be bf16. */

/* Values that lie side by side. */
SIMD_INLINE void
weigh_row (guint length, const gchar *x, gchar *y, gboolean from_bf16, gboolean to_bf16)
{
  gsize from = element_size (from_bf16), to = element_size (to_bf16);
  Vector first = (Vector){0} + load (x, MIN (length, LANES), from_bf16)[0], most = first, sum = {0};

  for (guint c = 0; c < length; c += LANES)
    most =
        vector_max (most, first + first_of (load (x + c * from, length - c, from_bf16) - first, length - c));
  most = max_of (most);
  for (guint c = 0; c < length; c += LANES)
    sum += first_of (vector_exp (load (x + c * from, length - c, from_bf16) - most), length - c);
  sum = 1.f / sum_of (sum);
  for (guint c = 0; c < length; c += LANES)
    store (y + c * to, vector_exp (load (x + c * from, length - c, from_bf16) - most) * sum, length - c,
           to_bf16);
}

SIMD_INLINE void
weigh_rows (const VoxelCpuAxis *axis, const gchar *x, gchar *y, gsize begin, gsize end, gboolean from_bf16,
            gboolean to_bf16)
{
  for (gsize i = begin; i < end; i++)
    weigh_row (axis->length, x + i * axis->src.outer * element_size (from_bf16),
               y + i * axis->dst.outer * element_size (to_bf16), from_bf16, to_bf16);
}

/* As many neighbouring lines as fit in a vector, at most @n. */
static void
weigh_beside (const VoxelCpuAxis *axis, const gchar *x, gchar *y, guint n)
{
  gsize from = axis->src.step * element_size (axis->src.bf16);
  gsize to = axis->dst.step * element_size (axis->dst.bf16);
  Vector most = load (x, n, axis->src.bf16), sum = {0};

  for (gsize i = 1; i < axis->length; i++)
    most = vector_max (most, load (x + i * from, n, axis->src.bf16));
  for (gsize i = 0; i < axis->length; i++)
    sum += vector_exp (load (x + i * from, n, axis->src.bf16) - most);
  sum = 1.f / sum;
  for (gsize i = 0; i < axis->length; i++)
    store (y + i * to, vector_exp (load (x + i * from, n, axis->src.bf16) - most) * sum, n, axis->dst.bf16);
}

void
SIMD (softmax) (const VoxelCpuAxis *axis, const void *src, void *dst, gsize begin, gsize end)
{
  if (axis->src.step != 1 || axis->dst.step != 1) {
    for (gsize i = begin; i < end; i++)
      weigh_beside (axis, axis_at (axis, &axis->src, src, i), axis_at (axis, &axis->dst, dst, i),
                    axis_beside (axis, i));
    return;
  }
  if (axis->src.bf16 && axis->dst.bf16)
    weigh_rows (axis, src, dst, begin, end, TRUE, TRUE);
  else if (axis->src.bf16)
    weigh_rows (axis, src, dst, begin, end, TRUE, FALSE);
  else
    weigh_rows (axis, src, dst, begin, end, FALSE, axis->dst.bf16);
}
