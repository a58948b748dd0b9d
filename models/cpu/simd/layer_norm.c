/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/cpu/simd/axis.h"

/* Sums in flight at once: an addition takes about as many cycles. */
#define SUMS 4

/* Deviations are taken from the mean, in a second walk over a line that is in the first cache by then: the
 * difference of large squares would lose what a small variance is made of. */

/* Value @c of a line, or the square of its deviation. */
SIMD_INLINE Vector
summand (const gchar *x, guint c, guint n, gboolean bf16, gboolean squared, Vector mean)
{
  Vector a = load (x + c * element_size (bf16), n, bf16);

  if (!squared)
    return a;
  a = first_of (a - mean, n);
  return a * a;
}

SIMD_INLINE Vector
line_sum (const gchar *x, guint length, gboolean bf16, gboolean squared, Vector mean)
{
  Vector sums[SUMS] = {{0}};
  guint c = 0;

  for (; c + SUMS * LANES <= length; c += SUMS * LANES)
    _Pragma ("GCC unroll 4") for (guint s = 0; s < SUMS; s++) sums[s] +=
        summand (x, c + s * LANES, LANES, bf16, squared, mean);
  for (; c + LANES <= length; c += LANES)
    sums[0] += summand (x, c, LANES, bf16, squared, mean);
  if (c < length)
    sums[1] += summand (x, c, length - c, bf16, squared, mean);
  return sum_of ((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

SIMD_INLINE void
normalise_vector (const VoxelCpuNorm *norm, const gchar *x, gchar *y, guint c, guint n, gboolean from_bf16,
                  gboolean to_bf16, Vector mean, Vector scale)
{
  Vector a = load (x + c * element_size (from_bf16), n, from_bf16);

  a = (a - mean) * scale * *(const Vector *) (norm->weight + c) + *(const Vector *) (norm->bias + c);
  store (y + c * element_size (to_bf16), a, n, to_bf16);
}

/* Values that lie side by side. */
SIMD_INLINE void
normalise_row (const VoxelCpuNorm *norm, const gchar *x, gchar *y, gboolean from_bf16, gboolean to_bf16)
{
  guint length = norm->axis.length, c = 0;
  gfloat share = 1.f / (gfloat) length;
  Vector mean = line_sum (x, length, from_bf16, FALSE, (Vector){0}) * share;
  Vector variance = line_sum (x, length, from_bf16, TRUE, mean) * share;
  Vector scale = (Vector){0} + 1.f / sqrtf (variance[0] + norm->epsilon);

  for (; c + LANES <= length; c += LANES)
    normalise_vector (norm, x, y, c, LANES, from_bf16, to_bf16, mean, scale);
  if (c < length)
    normalise_vector (norm, x, y, c, length - c, from_bf16, to_bf16, mean, scale);
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
