/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/pairs.h"

#if defined(__AVX512BF16__)

/* What products of pairs read: rows of the input with their padding are copied, some at a time, so that a window's
 * rows are runs of values and windows lie evenly spaced; where nothing is padded the picture itself is read. */

/* Bytes that are read again for every block of output channels, and so wait in the second cache: those of rows, and
 * the weights of a block. Where nothing is copied, few rows cost nothing and their results are there as well. */
#if defined(__AMX_BF16__)
#define ROWS_BYTES (512 * 1024)
#else
#define ROWS_BYTES (256 * 1024)
#endif
#define ROWS_BYTES_IN_PLACE (64 * 1024)
#define BLOCK_BYTES (384 * 1024)

static gboolean
reads_in_place (const SimdPairRows *rows)
{
  const VoxelCpuView *src = &rows->conv->src;

  return src->bf16 && src->channels % 2 == 0 && src->pitch % 2 == 0 && rows->width >= PAIRS_LEAST &&
         rows->padding[0] == 0 && rows->padding[1] == 0;
}

/* As few slices of the channels as have the weights of a block stay in the cache, of whole tiles each. */
static guint
count_slices (const SimdPairRows *rows)
{
  guint channels = rows->conv->src.channels;
  gsize bytes = (gsize) rows->kernel[0] * rows->kernel[1] * channels * 2 * LANES * sizeof (guint16);

  for (guint n = (guint) ((bytes - 1) / BLOCK_BYTES + 1); n > 1 && n <= channels / 32; n++)
    if (channels % (32 * n) == 0)
      return n;
  return 1;
}

static void
measure_windows (SimdPairRows *rows)
{
  const VoxelCpuConv *conv = rows->conv;
  gboolean dense = rows->kernel[1] == 1 || (conv->dilation[1] == 1 && rows->slices == 1 &&
                                            rows->pixel == rows->channels * sizeof (guint16));
  guint a_row = dense ? 1 : rows->kernel[1];
  SimdPairs *pairs = &rows->pairs;

  pairs->runs = rows->kernel[0] * a_row;
  pairs->depth = (rows->channels * rows->kernel[1] / a_row + 1) / 2;
  pairs->weights_depth = pairs->depth * rows->slices;
  pairs->step = rows->stride[1] * rows->pixel;
  for (guint r = 0; r < pairs->runs; r++)
    pairs->offsets[r] = r / a_row * (gsize) conv->dilation[0] * rows->row +
                        r % a_row * (gsize) conv->dilation[1] * rows->pixel;
}

static void
measure_rows (SimdPairRows *rows)
{
  gsize limit = rows->in_place ? ROWS_BYTES_IN_PLACE : ROWS_BYTES, held;
  guint tasks = rows->conv->tile_tasks;
  gsize weights = (gsize) rows->pairs.runs * rows->pairs.depth * rows->conv->dst.channels * 4;

  /* With more weights than the cache holds, they are read anew for each few rows. */
  if (weights > ROWS_BYTES)
    limit = ROWS_BYTES;
  held = limit / rows->row;
  rows->rows = held > rows->reach ? (guint) ((held - rows->reach) / rows->stride[0]) + 1 : 1;
  rows->rows = MIN (rows->rows, (rows->height + tasks - 1) / tasks);
  if (rows->conv->pooled.channels)
    rows->rows = MAX (2, (rows->rows + 1) & ~1u);
}

void
SIMD (pair_rows_measure) (const VoxelCpuConv *conv, SimdPairRows *rows)
{
  const VoxelCpuView *grid = conv->transposed ? &conv->src : &conv->dst;
  gsize columns = conv->src.width;

  memset (rows, 0, sizeof *rows);
  rows->conv = conv;
  for (guint i = 0; i < 2; i++) {
    rows->kernel[i] = conv->transposed ? 1 : conv->kernel[i];
    rows->stride[i] = conv->transposed ? 1 : conv->stride[i];
    rows->padding[i] = conv->transposed ? 0 : conv->padding[i];
  }
  rows->reach = (rows->kernel[0] - 1) * conv->dilation[0] + 1;
  rows->height = grid->height;
  rows->width = grid->width;
  rows->in_place = reads_in_place (rows);
  rows->slices = count_slices (rows);
  rows->channels = conv->src.channels / rows->slices;
  if (!rows->in_place)
    columns =
        (rows->width - 1) * (gsize) rows->stride[1] + (rows->kernel[1] - 1) * (gsize) conv->dilation[1] + 1;
  rows->pixel = (rows->in_place ? conv->src.pitch : rows->channels) * sizeof (guint16);
  rows->row = columns * rows->pixel;
  if (!rows->in_place && rows->stride[1] > 1)
    rows->row = (rows->row + 3) & ~(gsize) 3; /* whole pairs */
  measure_windows (rows);
  measure_rows (rows);
  if (rows->stride[0] == 1 && rows->stride[1] == 1 && (PAIRS_RUN_ON || columns == rows->width))
    rows->line = (guint) columns;
}

gsize
SIMD (pair_rows_copied) (const SimdPairRows *rows)
{
  if (rows->in_place)
    return 0;
  /* Windows behind the last are read by whole tiles of narrow pictures, and half a pair behind the last value. */
  return (((rows->rows - 1) * rows->stride[0] + rows->reach) * rows->row +
          (rows->width < PAIRS_LEAST ? PAIRS_LEAST * rows->pairs.step : 0) + 127) &
         ~(gsize) 63;
}

SIMD_INLINE void
copy_values (gchar *out, const gchar *in, gsize n, gboolean bf16)
{
  gsize i = 0;

  for (; i + LANES <= n; i += LANES)
    if (bf16)
      *(Half *) (out + i * 2) = *(const Half *) (in + i * 2);
    else
      store_full (out + i * 2, load_full (in + i * 4, FALSE), TRUE);
  if (i == n)
    return;
  if (bf16)
    memcpy (out + i * 2, in + i * 2, (n - i) * 2);
  else
    store_part (out + i * 2, load_part (in + i * 4, n - i, FALSE), n - i, TRUE);
}

/* Row @y of the source, which may lie outside, with zeros around. */
static void
copy_row (const SimdPairRows *rows, const void *data, gsize y, guint channel, gchar *out)
{
  const VoxelCpuView *src = &rows->conv->src;
  gsize columns = rows->row / rows->pixel, left = rows->padding[1], n;
  const gchar *in;

  if (y >= src->height) {
    memset (out, 0, rows->row);
    return;
  }
  n = MIN (src->width, columns - left);
  in = at (src, data, y, 0, channel);
  memset (out, 0, left * rows->pixel);
  memset (out + (left + n) * rows->pixel, 0, (columns - left - n) * rows->pixel);
  out += left * rows->pixel;
  if (src->pitch == rows->channels)
    copy_values (out, in, n * rows->channels, src->bf16);
  else
    for (gsize x = 0; x < n; x++)
      copy_values (out + x * rows->pixel, in + x * src->pitch * element_size (src->bf16), rows->channels,
                   src->bf16);
}

/* What @n rows of positions from row @first on read, of slice @slice of the channels. */
void
SIMD (pair_rows_read) (SimdPairRows *rows, const void *src, gsize first, guint n, guint slice, gchar *copy)
{
  gsize count = (n - 1) * (gsize) rows->stride[0] + rows->reach, top = first * rows->stride[0];
  guint channel = slice * rows->channels;

  if (rows->in_place) {
    rows->windows = at (&rows->conv->src, src, top, 0, channel);
    return;
  }
  for (gsize y = 0; y < count; y++)
    copy_row (rows, src, top + y - rows->padding[0], channel, copy + y * rows->row);
  memset (copy + count * rows->row, 0, 64);
  rows->windows = copy;
}

#endif
