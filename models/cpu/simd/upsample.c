/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/simd.h"

/* Rows [begin, end) of the destination, bilinear. */
void
SIMD (upsample) (const VoxelCpuUpsample *upsample, const void *src, void *dst, gsize begin, gsize end)
{
  const VoxelCpuView *in = &upsample->src, *out = &upsample->dst;

  for (gsize y = begin; y < end; y++)
    for (gsize x = 0; x < out->width; x++) {
      const VoxelCpuLine *row = &upsample->rows[y], *column = &upsample->columns[x];

      for (guint c = 0; c < out->channels; c += LANES) {
        guint n = out->channels - c;
        Vector v[4], top, bottom;

        for (guint i = 0; i < 4; i++)
          v[i] = load (at (in, src, row->index[i / 2], column->index[i % 2], c), n, in->bf16);
        top = v[0] + (v[1] - v[0]) * column->weight;
        bottom = v[2] + (v[3] - v[2]) * column->weight;
        store (at (out, dst, y, x, c), top + (bottom - top) * row->weight, n, out->bf16);
      }
    }
}
