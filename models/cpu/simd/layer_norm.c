/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/cpu/simd/axis.h"

/* Sums in flight at once: an addition takes about as many cycles. */
#define SUMS 4

/* Deviations are taken from the mean, in a second walk over a line that is in the first cache by then: the
 * difference of large squares would lose what a small variance is made of. */

SIMD_INLINE Vector
line_sum (const gchar *x, guint length, gboolean bf16, gboolean squared, Vector mean)
{
  gsize size = element_size (bf16);
  Vector sums[SUMS] = {{0}};

  for (guint c = 0; c < length; c += SUMS * LANES) {
    _Pragma ("GCC unroll 4") for (guint s = 0; s < SUMS; s++)
    {
      guint at = c + s * LANES;
      Vector a;

      if (at >= length)
        break;
      a = load (x + at * size, length - at, bf16);
      if (squared) {
        a = first_of (a - mean, length - at);
        a *= a;
      }
      sums[s] += a;
    }
  }
  return sum_of ((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

/* Values that lie side by side. */
SIMD_INLINE void
normalise_row (const VoxelCpuNorm *norm, const gchar *x, gchar *y, gboolean from_bf16, gboolean to_bf16)
{
  guint length = norm->axis.length;
  Vector mean = line_sum (x, length, from_bf16, FALSE, (Vector){0}) / (gfloat) length;
  Vector variance = line_sum (x, length, from_bf16, TRUE, mean) / (gfloat) length;
  Vector scale = (Vector){0} + 1.f / sqrtf (variance[0] + norm->epsilon);

  for (guint c = 0; c < length; c += LANES) {
    Vector a = load (x + c * element_size (from_bf16), length - c, from_bf16);

    a = (a - mean) * scale * *(const Vector *) (norm->weight + c) + *(const Vector *) (norm->bias + c);
    store (y + c * element_size (to_bf16), a, length - c, to_bf16);
  }
}

SIMD_INLINE void
normalise_rows (const VoxelCpuNorm *norm, const gchar *x, gchar *y, gsize begin, gsize end,
                gboolean from_bf16, gboolean to_bf16)
{
  for (gsize i = begin; i < end; i++)
    normalise_row (norm, x + i * norm->axis.src.outer * element_size (from_bf16),
                   y + i * norm->axis.dst.outer * element_size (to_bf16), from_bf16, to_bf16);
}

/* As many neighbouring lines as fit in a vector, at most @n. */
static void
normalise_beside (const VoxelCpuNorm *norm, const gchar *x, gchar *y, guint n)
{
  const VoxelCpuAxis *axis = &norm->axis;
  gsize in = axis->src.step * element_size (axis->src.bf16), out;
  Vector mean = {0}, variance = {0}, scale;

  out = axis->dst.step * element_size (axis->dst.bf16);
  for (gsize i = 0; i < axis->length; i++)
    mean += load (x + i * in, n, axis->src.bf16);
  mean /= (gfloat) axis->length;
  for (gsize i = 0; i < axis->length; i++) {
    Vector a = load (x + i * in, n, axis->src.bf16) - mean;

    variance += a * a;
  }
  variance /= (gfloat) axis->length;
  for (guint k = 0; k < LANES; k++)
    scale[k] = 1.f / sqrtf (variance[k] + norm->epsilon);
  for (gsize i = 0; i < axis->length; i++) {
    Vector a = (load (x + i * in, n, axis->src.bf16) - mean) * scale;

    store (y + i * out, a * norm->weight[i] + norm->bias[i], n, axis->dst.bf16);
  }
}

void
SIMD (layer_norm) (const VoxelCpuNorm *norm, const void *src, void *dst, gsize begin, gsize end)
{
  const VoxelCpuAxis *axis = &norm->axis;

  if (axis->src.step != 1 || axis->dst.step != 1) {
    for (gsize i = begin; i < end; i++)
      normalise_beside (norm, axis_at (axis, &axis->src, src, i), axis_at (axis, &axis->dst, dst, i),
                        axis_beside (axis, i));
    return;
  }
  if (axis->src.bf16 && axis->dst.bf16)
    normalise_rows (norm, src, dst, begin, end, TRUE, TRUE);
  else if (axis->src.bf16)
    normalise_rows (norm, src, dst, begin, end, TRUE, FALSE);
  else
    normalise_rows (norm, src, dst, begin, end, FALSE, axis->dst.bf16);
}
