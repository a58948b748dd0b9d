/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/math.h"
#include "models/cpu/simd/pairs.h"

#if defined(__AVX512BF16__)

/* Convolutions as products of pairs of bf16: plain ones of any kernel, and transposed ones whose kernel is as large
 * as their stride, whose taps are then as many 1x1 convolutions with results at every second pixel. */

typedef struct {
  const VoxelCpuConv *conv;
  const VoxelCpuConvMemory *memory;
  SimdPairRows rows;
  guint first; /* row of positions */
  guint n;     /* rows of positions */
  guint slice; /* of the channels */
  gfloat *sums;
} Work;

/* Groups that @rows rows of positions are taken in. */
static gsize
count_groups (const SimdPairRows *rows)
{
  gsize line = rows->line ? (rows->rows - 1) * (gsize) rows->line + rows->width : rows->width;

  return (line + PAIRS_GROUP - 1) / PAIRS_GROUP * (rows->line ? 1 : rows->rows);
}

/* Sums wait for the next slice of the channels, or only until they are finished. */
static gsize
sums_bytes (const SimdPairRows *rows)
{
  gsize blocks =
      rows->slices == 1 ? 1 : (VOXEL_CPU_PADDED (2 * LANES, rows->conv->dst.channels)) / (2 * LANES);
  gsize taps = rows->conv->transposed ? rows->conv->kernel[0] * rows->conv->kernel[1] : 1;

  return (rows->slices == 1 ? 1 : taps * blocks * count_groups (rows)) * PAIRS_GROUP * 2 * LANES *
         sizeof (gfloat);
}

gsize
SIMD (pairs_scratch) (const VoxelCpuConv *conv)
{
  SimdPairRows rows;

  SIMD (pair_rows_measure) (conv, &rows);
  return SIMD (pair_rows_copied) (&rows) + sums_bytes (&rows);
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

/* @n results of all of a block of @vectors vectors in bf16. */
SIMD_INLINE void
finish_whole (Places places, guint n, const gfloat *sums, const gfloat *bias, VoxelActivation activation,
              gfloat slope, guint vectors, gboolean summed)
{
  for (guint i = 0; i < n; i++, sums += 2 * LANES, places.dst += places.dst_step) {
    Vector a[2];

    for (guint v = 0; v < vectors; v++) {
      a[v] = *(const Vector *) (sums + v * LANES) + *(const Vector *) (bias + v * LANES);
      if (summed)
        a[v] += load_full (places.sum + v * 2 * LANES, TRUE);
      a[v] = activate (a[v], activation, slope);
    }
    if (vectors == 2)
      _mm512_storeu_si512 (places.dst, (__m512i) _mm512_cvtne2ps_pbh ((__m512) a[1], (__m512) a[0]));
    else
      store_full (places.dst, a[0], TRUE);
    if (summed)
      places.sum += places.sum_step;
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

  if (left % LANES || !conv->dst.bf16 || (conv->sum.channels && !conv->sum.bf16))
    finish_some (work, from, n, sums, bias, left);
  else if (left == LANES && conv->sum.channels)
    finish_whole (from, n, sums, bias, conv->activation, conv->slope, 1, TRUE);
  else if (left == LANES)
    finish_whole (from, n, sums, bias, conv->activation, conv->slope, 1, FALSE);
  else if (conv->sum.channels)
    finish_whole (from, n, sums, bias, conv->activation, conv->slope, 2, TRUE);
  else
    finish_whole (from, n, sums, bias, conv->activation, conv->slope, 2, FALSE);
}

/* Sums of @n positions from @position of the line at row @y on; those beyond a row's width are none. */
static void
finish_positions (const Work *work, const Block *block, gsize y, gsize position, guint n, const gfloat *sums)
{
  gsize line = work->rows.line ? work->rows.line : position + n, x = position % line,
        width = work->rows.width;

  for (y += position / line; n; y++, x = 0) {
    guint here = (guint) MIN (n, line - x), valid = x < width ? (guint) MIN (here, width - x) : 0;

    if (valid)
      finish_row (work, block, y, x, valid, sums);
    sums += here * 2 * LANES;
    n -= here;
  }
}

/* @n positions, evenly spaced, of which the first is that of row @y. Where tiles would reach beyond the last, some
 * are computed again. */
static void
multiply_line (Work *work, const Block *block, gsize y, const gchar *windows, gsize n)
{
  const SimdPairs *pairs = &work->rows.pairs;
  gboolean last = work->slice + 1 == work->rows.slices;
  guint count;

  for (gsize position = 0; position < n; position += count) {
    guint needed, again = 0;

    count = (guint) MIN (PAIRS_GROUP, n - position);
    needed = SIMD (pairs_needed) (count);
    if (position + needed > n && needed <= n)
      again = (guint) (position + needed - n);
    SIMD (pairs_group)
    (pairs, windows + (position - again) * pairs->step, block->weights, needed, work->sums, work->slice > 0);
    if (last)
      finish_positions (work, block, y, position, count, work->sums + again * 2 * LANES);
    if (work->rows.slices > 1)
      work->sums += PAIRS_GROUP * 2 * LANES;
  }
}

static void
multiply_rows (Work *work, const Block *block)
{
  const SimdPairRows *rows = &work->rows;

  if (rows->line) {
    multiply_line (work, block, work->first, rows->windows, (gsize) (work->n - 1) * rows->line + rows->width);
    return;
  }
  for (guint y = 0; y < work->n; y++)
    multiply_line (work, block, work->first + y, rows->windows + (gsize) y * rows->stride[0] * rows->row,
                   rows->width);
}

static void
multiply_blocks (Work *work, guint first, guint last)
{
  const VoxelCpuConv *conv = work->conv;
  SimdPairs *pairs = &work->rows.pairs;
  guint taps = conv->transposed ? conv->kernel[0] * conv->kernel[1] : 1;
  guint padded = VOXEL_CPU_PADDED (LANES, conv->dst.channels);
  gsize depth = (gsize) pairs->runs * pairs->weights_depth;

  for (guint tap = 0; tap < taps; tap++)
    for (guint channel = first; channel < last; channel += pairs->width) {
      Block block = {tap, channel, conv->weights + ((gsize) tap * padded + channel) * depth};

      pairs->width = VOXEL_CPU_BLOCK (LANES, padded - channel);
      block.weights += (gsize) work->slice * pairs->depth * pairs->width;
      multiply_rows (work, &block);
    }
}

/* Maxima of the results of all rows that are there, while they are in the cache. */
static void
pool_rows (const Work *work, guint first, guint last)
{
  const VoxelCpuConv *conv = work->conv;
  VoxelCpuPool pool = {.src = conv->dst, .dst = conv->pooled, .kernel = {2, 2}, .stride = {2, 2}};

  pool.src.channels = pool.dst.channels = MIN (last, conv->dst.channels) - first;
  SIMD (max_pool)
  (&pool, at (&conv->dst, work->memory->dst, 0, 0, first),
   at (&conv->pooled, work->memory->pooled, 0, 0, first), NULL, work->first / 2, (work->first + work->n) / 2);
}

/* Rows up to part @i of @n of those from @begin to @end, whole windows of pooling where that is wanted. */
static guint
row_part (const VoxelCpuConv *conv, guint begin, guint end, guint i, guint n)
{
  guint unit = conv->pooled.channels ? 2 : 1;

  return begin + unit * (guint) part ((end - begin) / unit, i, n);
}

void
SIMD (pairs) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task)
{
  guint row_task = task % conv->tile_tasks, channel_task = task / conv->tile_tasks;
  guint first = channel_part (conv->dst.channels, channel_task, conv->channel_tasks);
  guint last = channel_part (conv->dst.channels, channel_task + 1, conv->channel_tasks);
  Work work = {.conv = conv, .memory = memory};
  SimdPairRows *rows = &work.rows;
  guint begin, end, chunks;

  SIMD (pair_rows_measure) (conv, rows);
  begin = row_part (conv, 0, rows->height, row_task, conv->tile_tasks);
  end = row_part (conv, 0, rows->height, row_task + 1, conv->tile_tasks);
  chunks = (end - begin + rows->rows - 1) / rows->rows;
  SIMD (pairs_begin) (&rows->pairs);
  for (guint chunk = 0; chunk < chunks; chunk++) {
    work.first = row_part (conv, begin, end, chunk, chunks);
    work.n = row_part (conv, begin, end, chunk + 1, chunks) - work.first;
    for (work.slice = 0; work.slice < rows->slices; work.slice++) {
      SIMD (pair_rows_read) (rows, memory->src, work.first, work.n, work.slice, memory->scratch);
      work.sums = (gfloat *) (memory->scratch + SIMD (pair_rows_copied) (rows));
      multiply_blocks (&work, first, last);
    }
    if (conv->pooled.channels)
      pool_rows (&work, first, last);
  }
  SIMD (pairs_end) (&rows->pairs);
}

#endif
