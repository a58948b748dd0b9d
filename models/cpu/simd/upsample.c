/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/simd.h"

/* Lines that lie between the same two of the source: what these give is computed once for all of them. */
SIMD_INLINE gsize
group (const VoxelCpuLine *lines, gsize begin, gsize end)
{
  gsize i = begin + 1;

  while (i < end && lines[i].index[0] == lines[begin].index[0] && lines[i].index[1] == lines[begin].index[1])
    i++;
  return i;
}

typedef struct {
  const VoxelCpuUpsample *upsample;
  const gchar *corners[4]; /* of the source, in reading order */
  void *dst;
  gsize rows[2];
  gsize columns[2];
} Field;

/* Channels [channel, channel + n) of all pixels between four of the source. */
SIMD_INLINE void
fill (const Field *field, gsize channel, guint n, gboolean in_bf16, gboolean out_bf16)
{
  const VoxelCpuUpsample *upsample = field->upsample;
  const VoxelCpuView *out = &upsample->dst;
  Vector v[4], left, right;

  for (guint i = 0; i < 4; i++)
    v[i] = load (field->corners[i] + channel * element_size (in_bf16), n, in_bf16);
  left = v[2] - v[0];
  right = v[3] - v[1];
  for (gsize y = field->rows[0]; y < field->rows[1]; y++) {
    Vector first = v[0] + left * upsample->rows[y].weight;
    Vector change = v[1] + right * upsample->rows[y].weight - first;

    for (gsize x = field->columns[0]; x < field->columns[1]; x++)
      store ((gchar *) field->dst + ((y * out->width + x) * out->pitch + channel) * element_size (out_bf16),
             first + change * upsample->columns[x].weight, n, out_bf16);
  }
}

SIMD_INLINE void
fill_rows (Field *field, const void *src, gboolean in_bf16, gboolean out_bf16)
{
  const VoxelCpuUpsample *upsample = field->upsample;
  const guint *rows = upsample->rows[field->rows[0]].index;
  gsize channels = upsample->dst.channels, c;

  for (gsize x = 0; x < upsample->dst.width; x = field->columns[1]) {
    field->columns[0] = x;
    field->columns[1] = group (upsample->columns, x, upsample->dst.width);
    for (guint i = 0; i < 4; i++)
      field->corners[i] = at (&upsample->src, src, rows[i / 2], upsample->columns[x].index[i % 2], 0);
    for (c = 0; c + LANES <= channels; c += LANES)
      fill (field, c, LANES, in_bf16, out_bf16);
    if (c < channels)
      fill (field, c, (guint) (channels - c), in_bf16, out_bf16);
  }
}

/* Rows [begin, end) of the destination, bilinear. */
void
SIMD (upsample) (const VoxelCpuUpsample *upsample, const void *src, void *dst, gsize begin, gsize end)
{
  Field field = {.upsample = upsample, .dst = dst};

  for (gsize y = begin; y < end; y = field.rows[1]) {
    field.rows[0] = y;
    field.rows[1] = group (upsample->rows, y, end);
    if (upsample->src.bf16 && upsample->dst.bf16)
      fill_rows (&field, src, TRUE, TRUE);
    else if (upsample->src.bf16)
      fill_rows (&field, src, TRUE, FALSE);
    else if (upsample->dst.bf16)
      fill_rows (&field, src, FALSE, TRUE);
    else
      fill_rows (&field, src, FALSE, FALSE);
  }
}
