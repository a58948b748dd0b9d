/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/math.h"

/* 3x3 convolution of stride 1 as F(4x4, 3x3): a quarter of the multiplications. Lavin, Gray: Fast Algorithms
 * for Convolutional Neural Networks, 2016, section 4.1 and the matrices of 4.2 for one side.
 * Blocks of tiles: transform 6x6 pixels of the input, 36 matrix products over channels, transform to 4x4. */

/* Tiles a block: three strips, so that weights read from the last cache serve often, and the block's
 * transforms stay in the second. */
#define TILES (STRIP * (LANES == 16 ? 3 : 6))
/* Channels a sum. Roundings of the products' sums are most of the error (with them exact, half of it is left), so
 * sums of some channels are added up: shorter chains make up for what the transforms lose. */
#define DEPTH(channels) CLAMP ((channels) / 4, 8, 32)
/* Rows of the transforms are a vector longer than a power of two, lest they share cache sets. */
#define SLACK 16

typedef struct {
  const VoxelCpuConv *conv;
  const VoxelCpuConvMemory *memory;
  gfloat *input;
  gfloat *output;
  gfloat *zeros;
  gsize input_pitch;
  gsize output_pitch;
  guint tiles_across;
  guint first_channel;
  guint channels;
} Block;

/* Interpolation at 0, +-A, +-B and infinity. Of the points whose products are exact, 5/8 and 3/2 err least, half as
 * much as the usual 1 and 2 (Barabasz et al.: Error Analysis and Improving the Accuracy of Winograd Convolution, 2020,
 * on the choice of points). */
#define A 0.625f
#define B 1.5f

/* One side of the input's transform: six values to six, @step floats apart. The coefficients of the
 * polynomials x (x^2 - A^2) (x^2 - B^2) / (x - point). */
SIMD_INLINE void
transform_input (const Vector *d, gfloat *t, gsize step)
{
  Vector even_a = d[4] - B * B * d[2], odd_a = d[3] - B * B * d[1];
  Vector even_b = d[4] - A * A * d[2], odd_b = d[3] - A * A * d[1];

  *(Vector *) t = d[4] - (A * A + B * B) * d[2] + A * A * B * B * d[0];
  *(Vector *) (t + step) = even_a + A * odd_a;
  *(Vector *) (t + 2 * step) = even_a - A * odd_a;
  *(Vector *) (t + 3 * step) = even_b + B * odd_b;
  *(Vector *) (t + 4 * step) = even_b - B * odd_b;
  *(Vector *) (t + 5 * step) = d[5] - (A * A + B * B) * d[3] + A * A * B * B * d[1];
}

/* One side of the output's transform: six values to four, powers of the points. */
SIMD_INLINE void
transform_output (const Vector *m, Vector *t, guint step)
{
  Vector even_a = m[1] + m[2], odd_a = m[1] - m[2], even_b = m[3] + m[4], odd_b = m[3] - m[4];

  t[0] = m[0] + even_a + even_b;
  t[step] = A * odd_a + B * odd_b;
  t[2 * step] = A * A * even_a + B * B * even_b;
  t[3 * step] = m[5] + A * A * A * odd_a + B * B * B * odd_b;
}

/* @pixels: of the 6x6; @out: 36 transforms, @plane floats apart. Columns, then rows: each in registers. */
SIMD_INLINE void
input_tile (const gchar *const *pixels, gsize channel, guint n, gboolean bf16, gfloat *out, gsize plane)
{
  Vector half[36];

  for (guint x = 0; x < 6; x++) {
    Vector column[6];

    _Pragma ("GCC unroll 6") for (guint y = 0; y < 6; y++) column[y] =
        load (pixels[y * 6 + x] + channel * element_size (bf16), n, bf16);
    transform_input (column, (gfloat *) (half + x), 6 * LANES);
  }
  for (guint y = 0; y < 6; y++) {
    Vector row[6];

    _Pragma ("GCC unroll 6") for (guint x = 0; x < 6; x++) row[x] = half[6 * y + x];
    transform_input (row, out + 6 * y * plane, plane);
  }
}

SIMD_INLINE void
input_block (const Block *block, gsize first, gsize n, gboolean bf16)
{
  const VoxelCpuView *src = &block->conv->src;
  guint pad_y = block->conv->padding[0], pad_x = block->conv->padding[1];

  for (gsize i = 0; i < n; i++) {
    gsize ty = (first + i) / block->tiles_across, tx = (first + i) % block->tiles_across;
    const gchar *pixels[36];

    for (guint p = 0; p < 36; p++) {
      gsize y = ty * 4 + p / 6 - pad_y, x = tx * 4 + p % 6 - pad_x; /* before the picture: very large */
      gboolean inside = y < src->height && x < src->width;

      pixels[p] = inside ? at (src, block->memory->src, y, x, 0) : (const gchar *) block->zeros;
    }
    for (guint c = 0; c < src->channels; c += LANES) {
      gfloat *out = block->input + i * block->input_pitch + c;

      if (src->channels - c >= LANES)
        input_tile (pixels, c, LANES, bf16, out, TILES * block->input_pitch);
      else
        input_tile (pixels, c, src->channels - c, bf16, out, TILES * block->input_pitch);
    }
  }
}

static void
multiply_block (const Block *block, gsize n)
{
  guint depth = block->conv->src.channels, chain = DEPTH (depth);
  guint padded = VOXEL_CPU_PADDED (LANES, block->conv->dst.channels);

  for (guint f = 0; f < 36; f++)
    for (guint c = 0, width; c < block->channels; c += width) {
      guint channel = block->first_channel + c;
      const gfloat *weights = block->conv->weights + ((gsize) f * padded + channel) * depth;

      width = VOXEL_CPU_BLOCK (LANES, padded - channel);
      for (guint k = 0; k < depth; k += chain) {
        const gfloat *taps[1] = {block->input + f * TILES * block->input_pitch + k};

        SIMD (strips)
        (taps, 1, n, block->input_pitch, MIN (chain, depth - k), weights + (gsize) k * width, width,
         block->output + f * TILES * block->output_pitch + c, block->output_pitch, FALSE, k > 0);
      }
    }
}

typedef struct {
  gsize y, x;
  guint rows, columns;
  gsize channel;
  guint n;
} Place;

/* Four results of a row: summand, activation, and out. */
SIMD_INLINE void
output_row (const Block *block, const Place *place, guint y, Vector *row)
{
  const VoxelCpuConv *conv = block->conv;
  guint n = place->n;

  if (y >= place->rows)
    return;
  for (guint x = 0; conv->sum.channels && x < place->columns; x++)
    row[x] += load (at (&conv->sum, block->memory->sum, place->y + y, place->x + x, place->channel), n,
                    conv->sum.bf16);
  _Pragma ("GCC unroll 4") for (guint x = 0; x < 4; x++) row[x] =
      activate (row[x], conv->activation, conv->slope);
  _Pragma ("GCC unroll 4") for (guint x = 0; x < 4; x++) if (x < place->columns)
      store (at (&conv->dst, block->memory->dst, place->y + y, place->x + x, place->channel), row[x], n,
             conv->dst.bf16);
}

SIMD_INLINE void
pool_rows (const Block *block, const Place *place, guint y, const Vector *a, const Vector *b)
{
  const VoxelCpuView *pooled = &block->conv->pooled;

  if (pooled->channels == 0 || y >= place->rows)
    return;
  for (guint x = 0; x < place->columns; x += 2)
    store (at (pooled, block->memory->pooled, (place->y + y) / 2, (place->x + x) / 2, place->channel),
           vector_max (vector_max (a[x], a[x + 1]), vector_max (b[x], b[x + 1])), place->n, pooled->bf16);
}

SIMD_INLINE void
output_tile (const Block *block, const Place *place, const gfloat *in)
{
  gsize plane = TILES * block->output_pitch;
  Vector bias = *(const Vector *) (block->conv->bias + place->channel), half[24];

  for (guint x = 0; x < 6; x++) {
    Vector column[6];

    _Pragma ("GCC unroll 6") for (guint y = 0; y < 6; y++) column[y] =
        *(const Vector *) (in + (y * 6 + x) * plane);
    transform_output (column, half + x, 6);
  }
  for (guint y = 0; y < 4; y += 2) {
    Vector rows[2][4];

    _Pragma ("GCC unroll 2") for (guint i = 0; i < 2; i++)
    {
      transform_output (half + 6 * (y + i), rows[i], 1);
      _Pragma ("GCC unroll 4") for (guint x = 0; x < 4; x++) rows[i][x] += bias;
      output_row (block, place, y + i, rows[i]);
    }
    pool_rows (block, place, y, rows[0], rows[1]);
  }
}

static void
output_block (const Block *block, gsize first, gsize n)
{
  const VoxelCpuView *dst = &block->conv->dst;
  gsize last = block->first_channel + block->channels;

  for (gsize i = 0; i < n; i++) {
    gsize y = (first + i) / block->tiles_across * 4, x = (first + i) % block->tiles_across * 4;
    guint rows = MIN (4, dst->height - y), columns = MIN (4, dst->width - x);
    const gfloat *in = block->output + i * block->output_pitch;

    for (gsize channel = block->first_channel; channel < last; channel += LANES, in += LANES) {
      if (rows == 4 && columns == 4 && dst->channels - channel >= LANES) {
        Place whole = {y, x, 4, 4, channel, LANES};

        output_tile (block, &whole, in);
      } else {
        Place some = {y, x, rows, columns, channel, MIN (LANES, dst->channels - channel)};

        output_tile (block, &some, in);
      }
    }
  }
}

static void
measure (const VoxelCpuConv *conv, Block *block)
{
  block->input_pitch = VOXEL_CPU_PADDED (LANES, conv->src.channels) + SLACK;
  block->output_pitch = VOXEL_CPU_PADDED (2 * LANES, conv->dst.channels) + SLACK;
  block->tiles_across = (conv->dst.width + 3) / 4;
}

/* Bytes a task. */
gsize
SIMD (winograd_scratch) (const VoxelCpuConv *conv)
{
  Block block;

  measure (conv, &block);
  return (36 * TILES * (block.input_pitch + block.output_pitch) + block.input_pitch) * sizeof (gfloat);
}

void
SIMD (winograd) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task)
{
  guint tile_task = task % conv->tile_tasks, channel_task = task / conv->tile_tasks;
  Block block = {.conv = conv, .memory = memory};
  gsize tiles, end, n;

  measure (conv, &block);
  block.input = (gfloat *) memory->scratch;
  block.output = block.input + 36 * TILES * block.input_pitch;
  block.zeros = block.output + 36 * TILES * block.output_pitch;
  memset (block.zeros, 0, block.input_pitch * sizeof (gfloat));
  block.first_channel = channel_part (conv->dst.channels, channel_task, conv->channel_tasks);
  block.channels =
      channel_part (conv->dst.channels, channel_task + 1, conv->channel_tasks) - block.first_channel;
  tiles = (gsize) block.tiles_across * ((conv->dst.height + 3) / 4);
  end = part (tiles, tile_task + 1, conv->tile_tasks);
  for (gsize first = part (tiles, tile_task, conv->tile_tasks); first < end; first += n) {
    n = MIN (TILES, end - first);
    if (conv->src.bf16)
      input_block (&block, first, n, TRUE);
    else
      input_block (&block, first, n, FALSE);
    multiply_block (&block, n);
    output_block (&block, first, n);
  }
}
