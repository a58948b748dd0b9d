/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/simd.h"

SIMD_INLINE void
pick_pixel (const gchar *from, gchar *to, guint channels, gboolean in_bf16, gboolean out_bf16)
{
  for (guint c = 0; c < channels; c += LANES) {
    guint n = channels - c;
    Vector value = from ? load (from + c * element_size (in_bf16), n, in_bf16) : (Vector){0};

    store (to + c * element_size (out_bf16), value, n, out_bf16);
  }
}

SIMD_INLINE void
pick_row (const VoxelCpuPick *pick, const void *src, void *dst, gsize y, gboolean in_bf16, gboolean out_bf16)
{
  guint row = pick->rows[y];

  for (gsize x = 0; x < pick->dst.width; x++) {
    guint column = pick->columns[x];
    gboolean inside = row != G_MAXUINT && column != G_MAXUINT;

    pick_pixel (inside ? at (&pick->src, src, row, column, 0) : NULL, at (&pick->dst, dst, y, x, 0),
                pick->dst.channels, in_bf16, out_bf16);
  }
}

/* Rows [begin, end) of the destination. */
void
SIMD (pick) (const VoxelCpuPick *pick, const void *src, void *dst, gsize begin, gsize end)
{
  for (gsize y = begin; y < end; y++)
    if (pick->src.bf16 && pick->dst.bf16)
      pick_row (pick, src, dst, y, TRUE, TRUE);
    else if (pick->src.bf16)
      pick_row (pick, src, dst, y, TRUE, FALSE);
    else if (pick->dst.bf16)
      pick_row (pick, src, dst, y, FALSE, TRUE);
    else
      pick_row (pick, src, dst, y, FALSE, FALSE);
}
