/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/finish.h"
#include "models/cpu/simd/pairs.h"

#if defined(__AVX512BF16__)

/* Convolutions as products of pairs of bf16: plain ones of any kernel, and transposed ones whose kernel is as large
 * as their stride, whose taps are then as many 1x1 convolutions with results at every second pixel.
 * Rows of the input with their padding are copied, some at a time, so that a window's rows are runs of values and
 * windows lie evenly spaced; where nothing is padded the picture itself is read. */

#if defined(__AMX_BF16__)
#define READ_BYTES (512 * 1024)
#else
#define READ_BYTES (256 * 1024)
#endif

typedef struct {
  const VoxelCpuConv *conv;
  const VoxelCpuConvMemory *memory;
  SimdPairs pairs;
  gboolean in_place; /* windows are read from the picture itself */
  gsize pixel;       /* bytes */
  gsize row;         /* bytes */
  guint rows;        /* of positions taken together, so that what is read stays in the second cache */
  guint line;   /* positions from the first of a row to that of the next where rows follow evenly, or 0 */
  guint height; /* positions: of results, of a transposed convolution's input */
  guint width;
  guint stride[2];
  guint first; /* row of results */
  guint n;     /* rows of results */
  const gchar *windows;
  gchar *copy;
  gfloat *sums;
} Work;

static gboolean
reads_in_place (const VoxelCpuConv *conv, guint width)
{
  return conv->src.bf16 && conv->src.channels % 2 == 0 && width >= PAIRS_LEAST &&
         (conv->transposed || (conv->padding[0] == 0 && conv->padding[1] == 0));
}

static void
measure_windows (const VoxelCpuConv *conv, Work *work)
{
  guint kernel[2], channels = conv->src.channels;
  gboolean dense;

  for (guint i = 0; i < 2; i++) {
    kernel[i] = conv->transposed ? 1 : conv->kernel[i];
    work->stride[i] = conv->transposed ? 1 : conv->stride[i];
  }
  dense = kernel[1] == 1 || (conv->dilation[1] == 1 && work->pixel == channels * sizeof (guint16));
  work->pairs.runs = kernel[0] * (dense ? 1 : kernel[1]);
  work->pairs.depth = (channels * (dense ? kernel[1] : 1) + 1) / 2;
  work->pairs.step = work->stride[1] * work->pixel;
  work->pairs.tile = SIMD (pairs_tile) (work->pairs.depth);
  for (guint r = 0; r < work->pairs.runs; r++) {
    guint y = dense ? r : r / kernel[1], x = dense ? 0 : r % kernel[1];

    work->pairs.offsets[r] = y * conv->dilation[0] * work->row + x * conv->dilation[1] * work->pixel;
  }
}

static void
measure (const VoxelCpuConv *conv, Work *work)
{
  const VoxelCpuView *grid = conv->transposed ? &conv->src : &conv->dst;
  gsize across = (conv->kernel[1] - 1) * (gsize) conv->dilation[1] + 1, columns, held;
  gsize reach = conv->transposed ? 1 : (conv->kernel[0] - 1) * (gsize) conv->dilation[0] + 1;
  guint stride = conv->transposed ? 1 : conv->stride[0];

  work->height = grid->height;
  work->width = grid->width;
  work->in_place = reads_in_place (conv, grid->width);
  columns = work->in_place || conv->transposed ? conv->src.width
                                               : (conv->dst.width - 1) * (gsize) conv->stride[1] + across;
  work->pixel = (work->in_place ? conv->src.pitch : conv->src.channels) * sizeof (guint16);
  work->row = columns * work->pixel;
  measure_windows (conv, work);
  held = READ_BYTES / work->row;
  work->rows = held > reach ? MIN ((held - reach) / stride + 1, work->height) : 1;
  /* Tiles run on over the padding from row to row; strips do not need to, as they are of any length. */
  if (work->stride[0] == 1 && work->stride[1] == 1 && (work->pairs.tile || columns == work->width))
    work->line = (guint) columns;
}

static gsize
copied_bytes (const Work *work)
{
  const VoxelCpuConv *conv = work->conv;
  gsize reach = conv->transposed ? 1 : (conv->kernel[0] - 1) * (gsize) conv->dilation[0] + 1;

  if (work->in_place)
    return 0;
  /* Windows behind the last are read by whole tiles, and half a pair behind the last value. */
  return (((work->rows - 1) * work->stride[0] + reach) * work->row + PAIRS_GROUP * work->pairs.step + 127) &
         ~(gsize) 63;
}

gsize
SIMD (pairs_scratch) (const VoxelCpuConv *conv)
{
  Work work = {.conv = conv};

  measure (conv, &work);
  return copied_bytes (&work) + PAIRS_GROUP * 2 * LANES * sizeof (gfloat);
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
copy_row (const Work *work, gsize y, gchar *out)
{
  const VoxelCpuView *src = &work->conv->src;
  gsize columns = work->row / work->pixel, left = work->conv->transposed ? 0 : work->conv->padding[1], n;
  const gchar *in;

  if (y >= src->height) {
    memset (out, 0, work->row);
    return;
  }
  n = MIN (src->width, columns - left);
  in = at (src, work->memory->src, y, 0, 0);
  memset (out, 0, left * work->pixel);
  memset (out + (left + n) * work->pixel, 0, (columns - left - n) * work->pixel);
  out += left * work->pixel;
  if (src->pitch == src->channels)
    copy_values (out, in, n * src->channels, src->bf16);
  else
    for (gsize x = 0; x < n; x++)
      copy_values (out + x * work->pixel, in + x * src->pitch * element_size (src->bf16), src->channels,
                   src->bf16);
}

static void
read_rows (Work *work)
{
  const VoxelCpuConv *conv = work->conv;
  gsize rows = (work->n - 1) * work->stride[0] +
               (conv->transposed ? 1 : (conv->kernel[0] - 1) * (gsize) conv->dilation[0] + 1);
  gsize top = (gsize) work->first * work->stride[0];

  if (work->in_place) {
    work->windows = at (&conv->src, work->memory->src, top, 0, 0);
    return;
  }
  for (gsize y = 0; y < rows; y++)
    copy_row (work, top + y - (conv->transposed ? 0 : conv->padding[0]), work->copy + y * work->row);
  memset (work->copy + rows * work->row, 0, 64);
  work->windows = work->copy;
}

/* A block of output channels of a tap. */
typedef struct {
  guint tap;
  guint channel;
  const gfloat *weights;
} Block;

/* Where results go and what is added to them, from a position to the next. */
typedef struct {
  gchar *dst;
  const gchar *sum;
  gsize dst_step;
  gsize sum_step;
} Places;

static Places
places (const Work *work, const Block *block, gsize y, gsize x)
{
  const VoxelCpuConv *conv = work->conv;
  guint up = 1;
  Places at_once = {NULL};

  if (conv->transposed) {
    up = conv->stride[1];
    y = y * conv->stride[0] + block->tap / conv->kernel[1];
    x = x * up + block->tap % conv->kernel[1];
  }
  at_once.dst = at (&conv->dst, work->memory->dst, y, x, block->channel);
  at_once.dst_step = up * conv->dst.pitch * element_size (conv->dst.bf16);
  if (conv->sum.channels) {
    at_once.sum = at (&conv->sum, work->memory->sum, y, x, block->channel);
    at_once.sum_step = up * conv->sum.pitch * element_size (conv->sum.bf16);
  }
  return at_once;
}

/* @n results of all of a block of two vectors in bf16. */
SIMD_INLINE void
finish_whole (Places places, guint n, const gfloat *sums, const gfloat *bias, VoxelActivation activation,
              gfloat slope, gboolean summed)
{
  Vector low = *(const Vector *) bias, high = *(const Vector *) (bias + LANES);

  for (guint i = 0; i < n; i++, sums += 2 * LANES, places.dst += places.dst_step) {
    Vector a = *(const Vector *) sums + low, b = *(const Vector *) (sums + LANES) + high;

    if (summed) {
      a += load_full (places.sum, TRUE);
      b += load_full (places.sum + 2 * LANES, TRUE);
      places.sum += places.sum_step;
    }
    a = activate (a, activation, slope);
    b = activate (b, activation, slope);
    _mm512_storeu_si512 (places.dst, (__m512i) _mm512_cvtne2ps_pbh ((__m512) b, (__m512) a));
  }
}

/* @n results of the @left channels that are left, at most two vectors. */
static void
finish_some (const Work *work, Places places, guint n, const gfloat *sums, const gfloat *bias, guint left)
{
  const VoxelCpuConv *conv = work->conv;

  for (guint i = 0; i < n;
       i++, sums += 2 * LANES, places.dst += places.dst_step, places.sum += places.sum_step)
    for (guint c = 0; c < left; c += LANES) {
      Vector a = *(const Vector *) (sums + c) + *(const Vector *) (bias + c);

      if (conv->sum.channels)
        a += load (places.sum + c * element_size (conv->sum.bf16), left - c, conv->sum.bf16);
      a = activate (a, conv->activation, conv->slope);
      store (places.dst + c * element_size (conv->dst.bf16), a, left - c, conv->dst.bf16);
    }
}

/* @n results from (@y, @x) on, all of that row. */
static void
finish_row (const Work *work, const Block *block, gsize y, gsize x, guint n, const gfloat *sums)
{
  const VoxelCpuConv *conv = work->conv;
  const gfloat *bias = conv->bias + block->channel;
  const Places from = places (work, block, y, x);
  guint left = MIN (2 * LANES, conv->dst.channels - block->channel);

  if (left < 2 * LANES || !conv->dst.bf16 || (conv->sum.channels && !conv->sum.bf16))
    finish_some (work, from, n, sums, bias, left);
  else if (conv->sum.channels)
    finish_whole (from, n, sums, bias, conv->activation, conv->slope, TRUE);
  else
    finish_whole (from, n, sums, bias, conv->activation, conv->slope, FALSE);
}

/* Sums of @n positions from @position of the line at row @y on; those beyond a row's width are none. */
static void
finish_positions (const Work *work, const Block *block, gsize y, gsize position, guint n, const gfloat *sums)
{
  gsize line = work->line ? work->line : position + n, x = position % line;

  for (y += position / line; n; y++, x = 0) {
    guint here = (guint) MIN (n, line - x), valid = x < work->width ? MIN (here, work->width - x) : 0;

    if (valid)
      finish_row (work, block, y, x, valid, sums);
    sums += here * 2 * LANES;
    n -= here;
  }
}

/* @n positions, evenly spaced, of which the first is that of row @y. Where tiles would reach beyond the last, some
 * are computed again. */
static void
multiply_line (const Work *work, const Block *block, gsize y, const gchar *windows, gsize n)
{
  guint count;

  for (gsize position = 0; position < n; position += count) {
    guint needed, again = 0;

    count = (guint) MIN (PAIRS_GROUP, n - position);
    needed = SIMD (pairs_needed) (&work->pairs, count);
    if (position + needed > n && needed <= n)
      again = (guint) (position + needed - n);
    SIMD (pairs_group)
    (&work->pairs, windows + (position - again) * work->pairs.step, block->weights, needed, work->sums);
    finish_positions (work, block, y, position, count, work->sums + again * 2 * LANES);
  }
}

static void
multiply_rows (const Work *work, const Block *block)
{
  if (work->line) {
    multiply_line (work, block, work->first, work->windows, (gsize) (work->n - 1) * work->line + work->width);
    return;
  }
  for (guint y = 0; y < work->n; y++)
    multiply_line (work, block, work->first + y, work->windows + (gsize) y * work->stride[0] * work->row,
                   work->width);
}

static void
multiply_blocks (Work *work, guint first, guint last)
{
  const VoxelCpuConv *conv = work->conv;
  guint taps = conv->transposed ? conv->kernel[0] * conv->kernel[1] : 1;
  guint padded = VOXEL_CPU_PADDED (LANES, conv->dst.channels);
  gsize rows = (gsize) work->pairs.runs * work->pairs.depth;

  for (guint tap = 0; tap < taps; tap++)
    for (guint channel = first; channel < last; channel += work->pairs.width) {
      const Block block = {tap, channel, conv->weights + ((gsize) tap * padded + channel) * rows};

      work->pairs.width = VOXEL_CPU_BLOCK (LANES, padded - channel);
      multiply_rows (work, &block);
    }
}

void
SIMD (pairs) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task)
{
  guint row_task = task % conv->tile_tasks, channel_task = task / conv->tile_tasks, end;
  guint first = channel_part (conv->dst.channels, channel_task, conv->channel_tasks);
  guint last = channel_part (conv->dst.channels, channel_task + 1, conv->channel_tasks);
  Work work = {.conv = conv, .memory = memory};

  measure (conv, &work);
  work.copy = memory->scratch;
  work.sums = (gfloat *) (memory->scratch + copied_bytes (&work));
  end = part (work.height, row_task + 1, conv->tile_tasks);
  SIMD (pairs_begin) (&work.pairs);
  for (work.first = part (work.height, row_task, conv->tile_tasks); work.first < end; work.first += work.n) {
    work.n = MIN (work.rows, end - work.first);
    read_rows (&work);
    multiply_blocks (&work, first, last);
  }
  SIMD (pairs_end) (&work.pairs);
}

#endif
