/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/finish.h"

/* A product of two tensors: some columns of the second at a time are brought into the form of weights, then all rows of
 * the task go over them. */

gsize
SIMD (matmul_scratch) (const VoxelCpuMatmul *matmul)
{
  gsize depth = matmul->a.channels;

  return ((depth + SEGMENT) * 2 * LANES + SEGMENT * widened_pitch (depth)) * sizeof (gfloat);
}

/* Columns [column, column + n) of @b in rows of @width. */
static void
pack_columns (const VoxelCpuMatmul *matmul, const gchar *b, gsize column, guint n, guint width, gfloat *out)
{
  gsize size = element_size (matmul->b.bf16), pitch = matmul->b.pitch, depth = matmul->a.channels;

  for (gsize k = 0; k < depth && !matmul->transpose; k++)
    for (guint v = 0; v < width; v += LANES)
      *(Vector *) (out + k * width + v) =
          v < n ? load (b + (k * pitch + column + v) * size, n - v, matmul->b.bf16) : (Vector){0};
  for (guint v = 0; v < n && matmul->transpose; v++)
    for (gsize k = 0; k < depth; k += LANES) {
      guint count = MIN (LANES, depth - k);
      Vector values = load (b + ((column + v) * pitch + k) * size, count, matmul->b.bf16);

      for (guint i = 0; i < count; i++)
        out[(k + i) * width + v] = values[i];
    }
}

/* Rows [begin, end) of @a by columns [column, column + n). */
static void
multiply_rows (const VoxelCpuMatmul *matmul, const void *a, void *dst, gsize begin, gsize end, gsize column,
               guint n, guint width, const gfloat *weights, gfloat *scratch)
{
  gfloat *sums = scratch, *widened = sums + SEGMENT * 2 * LANES;
  gsize pitch = widened_pitch (matmul->a.channels);

  for (gsize y = begin, count; y < end; y += count) {
    const gfloat *taps[1] = {widened};

    count = MIN (SEGMENT, end - y);
    for (gsize i = 0; i < count; i++)
      widen (&matmul->a, at (&matmul->a, a, y + i, 0, 0), widened + i * pitch);
    SIMD (strips) (taps, 1, count, pitch, matmul->a.channels, weights, width, sums, 2 * LANES, FALSE, FALSE);
    for (gsize i = 0; i < count; i++)
      for (guint v = 0; v < n; v += LANES)
        store (at (&matmul->dst, dst, y + i, 0, column + v),
               *(Vector *) (sums + i * 2 * LANES + v) * matmul->scale, n - v, matmul->dst.bf16);
  }
}

/* Rows [begin, end) of one product. */
void
SIMD (matmul) (const VoxelCpuMatmul *matmul, const void *a, const void *b, void *dst, gchar *scratch,
               gsize begin, gsize end)
{
  guint columns = matmul->dst.channels, padded = VOXEL_CPU_PADDED (LANES, columns), width;
  gfloat *weights = (gfloat *) scratch, *rest = weights + (gsize) matmul->a.channels * 2 * LANES;

  for (gsize column = 0; column < columns; column += width) {
    guint n = MIN (2 * LANES, columns - column);

    width = VOXEL_CPU_BLOCK (LANES, padded - column);
    pack_columns (matmul, b, column, n, width, weights);
    multiply_rows (matmul, a, dst, begin, end, column, n, width, weights, rest);
  }
}
