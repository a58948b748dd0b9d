/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/simd.h"

/* 3x3 convolution of stride 1 as F(4x4, 3x3): a quarter of the multiplications. Lavin, Gray: Fast Algorithms
 * for Convolutional Neural Networks, 2016, section 4.1 and the matrices of 4.2 for one side.
 * Blocks of tiles: transform 6x6 pixels of the input, 36 matrix products over channels, transform to 4x4. */

/* Tiles a block: three strips, so that weights read from the last cache serve often, and the block's
 * transforms stay in the second. */
#define TILES (STRIP * (LANES == 16 ? 3 : 6))
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

SIMD_INLINE void
transform_input (const Vector *d, Vector *t, guint step)
{
  Vector a = d[4] - 4.f * d[2], b = d[3] - 4.f * d[1], c = d[4] - d[2], e = 2.f * (d[3] - d[1]);

  t[0] = 4.f * (d[0] - d[2]) - d[2] + d[4];
  t[step] = a + b;
  t[2 * step] = a - b;
  t[3 * step] = c + e;
  t[4 * step] = c - e;
  t[5 * step] = 4.f * (d[1] - d[3]) - d[3] + d[5];
}

SIMD_INLINE void
transform_output (const Vector *m, Vector *t, guint step)
{
  Vector a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], d = m[3] - m[4];

  t[0] = m[0] + a + c;
  t[step] = b + 2.f * d;
  t[2 * step] = a + 4.f * c;
  t[3 * step] = b + 8.f * d + m[5];
}

/* @pixels: of the 6x6, NULL outside of the picture; @out: 36 transforms, @plane floats apart. */
SIMD_INLINE void
input_tile (const gchar *const *pixels, gsize channel, guint n, gboolean bf16, gfloat *out, gsize plane)
{
  Vector half[36], full[36];

  _Pragma ("GCC unroll 6") for (guint x = 0; x < 6; x++)
  {
    Vector column[6];

    for (guint y = 0; y < 6; y++)
      column[y] = load (pixels[y * 6 + x] + channel * element_size (bf16), n, bf16);
    transform_input (column, half + x, 6);
  }
  _Pragma ("GCC unroll 6") for (guint y = 0; y < 6; y++) transform_input (half + 6 * y, full + 6 * y, 1);
  for (guint f = 0; f < 36; f++)
    *(Vector *) (out + f * plane) = full[f];
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
  guint depth = block->conv->src.channels;
  guint padded = VOXEL_CPU_PADDED (LANES, block->conv->dst.channels);

  for (guint f = 0; f < 36; f++) {
    const gfloat *taps[1] = {block->input + f * TILES * block->input_pitch};

    for (guint c = 0; c < block->channels;) {
      guint channel = block->first_channel + c, width = VOXEL_CPU_BLOCK (LANES, padded - channel);

      SIMD (strips)
      (taps, 1, n, block->input_pitch, depth, block->conv->weights + ((gsize) f * padded + channel) * depth,
       width, block->output + f * TILES * block->output_pitch + c, block->output_pitch);
      c += width;
    }
  }
}

/* @n: channels of this vector that there are. */
SIMD_INLINE void
output_tile (const Block *block, gsize ty, gsize tx, gsize channel, guint n, const gfloat *in)
{
  const VoxelCpuConv *conv = block->conv;
  const VoxelCpuConvMemory *memory = block->memory;
  gsize plane = TILES * block->output_pitch;
  guint rows = MIN (4, conv->dst.height - 4 * ty), columns = MIN (4, conv->dst.width - 4 * tx);
  Vector bias = *(const Vector *) (conv->bias + channel), half[24], full[16];

  _Pragma ("GCC unroll 6") for (guint x = 0; x < 6; x++)
  {
    Vector column[6];

    for (guint y = 0; y < 6; y++)
      column[y] = *(const Vector *) (in + (y * 6 + x) * plane);
    transform_output (column, half + x, 6);
  }
  _Pragma ("GCC unroll 4") for (guint y = 0; y < 4; y++) transform_output (half + 6 * y, full + 4 * y, 1);
  for (guint p = 0; p < 16; p++)
    full[p] += bias;
  for (guint p = 0; conv->sum.channels && p < 16; p++)
    if (p / 4 < rows && p % 4 < columns)
      full[p] += load (at (&conv->sum, memory->sum, 4 * ty + p / 4, 4 * tx + p % 4, channel), n, conv->sum.bf16);
  for (guint p = 0; conv->relu && p < 16; p++)
    full[p] = vector_positive (full[p]);
  for (guint y = 0; y < rows; y++)
    for (guint x = 0; x < columns; x++)
      store (at (&conv->dst, memory->dst, 4 * ty + y, 4 * tx + x, channel), full[4 * y + x], n, conv->dst.bf16);
  if (conv->pooled.channels == 0)
    return;
  for (guint y = 0; y < rows / 2; y++)
    for (guint x = 0; x < columns / 2; x++) {
      const Vector *p = full + 8 * y + 2 * x;

      store (at (&conv->pooled, memory->pooled, 2 * ty + y, 2 * tx + x, channel),
             vector_max (vector_max (p[0], p[1]), vector_max (p[4], p[5])), n, conv->pooled.bf16);
    }
}

static void
output_block (const Block *block, gsize first, gsize n)
{
  guint left = block->conv->dst.channels - block->first_channel;

  for (gsize i = 0; i < n; i++) {
    gsize ty = (first + i) / block->tiles_across, tx = (first + i) % block->tiles_across;
    const gfloat *in = block->output + i * block->output_pitch;

    for (guint c = 0; c < block->channels; c += LANES)
      if (left - c >= LANES)
        output_tile (block, ty, tx, block->first_channel + c, LANES, in + c);
      else
        output_tile (block, ty, tx, block->first_channel + c, left - c, in + c);
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
