/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* No include guard: read once per voxel type by brick-transpose.c, which defines VOXEL (the type), SIDE (how
 * many fit in 16 bytes), LOW and HIGH (the lanes that interleave the lower and upper halves of two vectors)
 * and NAME (x) (a name of this type's own). */

typedef VOXEL NAME (Lanes) __attribute__ ((vector_size (16)));

/* A perfect shuffle of the rows, log2 (SIDE) times, transposes a square. */
static inline void
NAME (transpose_square) (const VOXEL *src, gsize src_stride, VOXEL *dst, gsize dst_stride, gboolean add)
{
  NAME (Lanes) rows[SIDE], next[SIDE];

  for (guint i = 0; i < SIDE; i++)
    memcpy (&rows[i], src + i * src_stride, sizeof rows[i]);
#pragma GCC unroll 8
  for (guint round = 1; round < SIDE; round *= 2) {
#pragma GCC unroll 8
    for (guint i = 0; i < SIDE / 2; i++) {
      next[2 * i] = __builtin_shufflevector (rows[i], rows[i + SIDE / 2], LOW);
      next[2 * i + 1] = __builtin_shufflevector (rows[i], rows[i + SIDE / 2], HIGH);
    }
#pragma GCC unroll 16
    for (guint i = 0; i < SIDE; i++)
      rows[i] = next[i];
  }
  for (guint i = 0; i < SIDE; i++) {
    if (add) {
      NAME (Lanes) old;

      memcpy (&old, dst + i * dst_stride, sizeof old);
      rows[i] += old;
    }
    memcpy (dst + i * dst_stride, &rows[i], sizeof rows[i]);
  }
}

static inline void
NAME (transpose_rest) (const VOXEL *src, gsize src_stride, VOXEL *dst, gsize dst_stride, guint rows,
                       guint columns, gboolean add)
{
  for (guint c = 0; c < columns; c++) {
    for (guint r = 0; r < rows; r++) {
      VOXEL value = src[r * src_stride + c];

      dst[c * dst_stride + r] = add ? (VOXEL) (dst[c * dst_stride + r] + value) : value;
    }
  }
}

static inline void
NAME (transpose_any) (const VOXEL *src, gsize src_stride, VOXEL *dst, gsize dst_stride, guint rows,
                      guint columns, gboolean add)
{
  guint whole_rows = rows - rows % SIDE, whole_columns = columns - columns % SIDE;

  for (guint c = 0; c < whole_columns; c += SIDE) {
    for (guint r = 0; r < whole_rows; r += SIDE)
      NAME (transpose_square)
    (src + r * src_stride + c, src_stride, dst + c * dst_stride + r, dst_stride, add);
  }
  NAME (transpose_rest)
  (src + whole_rows * src_stride, src_stride, dst + whole_rows, dst_stride, rows - whole_rows, whole_columns,
   add);
  NAME (transpose_rest)
  (src + whole_columns, src_stride, dst + whole_columns * dst_stride, dst_stride, rows,
   columns - whole_columns, add);
}

static void
NAME (transpose) (const void *src, gsize src_stride, void *dst, gsize dst_stride, guint rows, guint columns)
{
  NAME (transpose_any) (src, src_stride, dst, dst_stride, rows, columns, FALSE);
}

static void
NAME (transpose_add) (const void *src, gsize src_stride, void *dst, gsize dst_stride, guint rows,
                      guint columns)
{
  NAME (transpose_any) (src, src_stride, dst, dst_stride, rows, columns, TRUE);
}

static void
NAME (add) (const void *src, void *dst, gsize n)
{
  const VOXEL *from = src;
  VOXEL *to = dst;

  for (gsize i = 0; i < n; i++)
    to[i] = (VOXEL) (to[i] + from[i]);
}

#undef VOXEL
#undef SIDE
#undef LOW
#undef HIGH
#undef NAME
