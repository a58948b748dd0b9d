/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/simd.h"

#define BYTES (LANES * 4)

typedef guint8 Bytes __attribute__ ((vector_size (BYTES), aligned (1), may_alias));
typedef guint8 HalfBytes __attribute__ ((vector_size (BYTES / 2), aligned (1), may_alias));

/* memcpy() of so little takes longer to be called than to be done. */
SIMD_INLINE void
copy_pixel (const gchar *from, gchar *to, gsize n)
{
  gsize i = 0;

  for (; i + BYTES <= n; i += BYTES)
    *(Bytes *) (to + i) = *(const Bytes *) (from + i);
  if (n - i >= BYTES / 2) {
    *(HalfBytes *) (to + i) = *(const HalfBytes *) (from + i);
    i += BYTES / 2;
  }
  if (i < n)
    memcpy (to + i, from + i, n - i);
}

SIMD_INLINE void
convert_pixel (const gchar *from, gchar *to, guint channels, gboolean in_bf16, gboolean out_bf16)
{
  for (guint c = 0; c < channels; c += LANES)
    store (to + c * element_size (out_bf16), load (from + c * element_size (in_bf16), channels - c, in_bf16),
           channels - c, out_bf16);
}

/* Rows [begin, end) of the destination. */
void
SIMD (pick) (const VoxelCpuPick *pick, const void *src, void *dst, gsize begin, gsize end)
{
  const VoxelCpuView *in = &pick->src, *out = &pick->dst;
  gsize bytes = out->channels * element_size (out->bf16);

  for (gsize y = begin; y < end; y++)
    for (gsize x = 0; x < out->width; x++) {
      guint row = pick->rows[y], column = pick->columns[x];
      gchar *to = at (out, dst, y, x, 0);

      if (row == G_MAXUINT || column == G_MAXUINT)
        memset (to, 0, bytes);
      else if (in->bf16 == out->bf16)
        copy_pixel (at (in, src, row, column, 0), to, bytes);
      else if (in->bf16)
        convert_pixel (at (in, src, row, column, 0), to, out->channels, TRUE, FALSE);
      else
        convert_pixel (at (in, src, row, column, 0), to, out->channels, FALSE, TRUE);
    }
}
