/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/ahead.h"
#include "models/cpu/simd/finish.h"

/* 1x1 convolution: a matrix product. A block of pixels stays in the second cache while all weights pass by, once a
 * block; a chunk of them, DEPTH input channels deep, stays in the first while the block's strips pass by. Sums are
 * taken a chunk at a time, which also keeps the chains of roundings short. */

#define PIXELS (STRIP * (LANES == 16 ? 8 : 16))
#define DEPTH 192

typedef struct {
  const VoxelCpuConv *conv;
  const VoxelCpuConvMemory *memory;
  gfloat *copy;
  gfloat *sums;
  const gfloat *in;
  gsize step;
  gsize first;
  gsize n;
  Ahead ahead;
} Block;

/* Whether strips can read the picture where it lies: floats, every pixel, and not so many bytes apart that the
 * pixels of a strip share cache sets. */
static gboolean
in_place (const VoxelCpuConv *conv)
{
  return !conv->src.bf16 && conv->stride[0] == 1 && conv->stride[1] == 1 && conv->src.pitch % 512 != 0;
}

gsize
SIMD (product_scratch) (const VoxelCpuConv *conv)
{
  gsize copied = in_place (conv) ? 0 : PIXELS * widened_pitch (conv->src.channels);

  return (((copied + 15) & ~(gsize) 15) + PIXELS * 2 * LANES) * sizeof (gfloat);
}

static void
read_block (Block *block)
{
  const VoxelCpuConv *conv = block->conv;

  if (in_place (conv)) {
    block->in = (const gfloat *) at (&conv->src, block->memory->src, 0, block->first, 0);
    block->step = conv->src.pitch;
    return;
  }
  block->in = block->copy;
  block->step = widened_pitch (conv->src.channels);
  for (gsize i = 0; i < block->n; i++) {
    gsize y = (block->first + i) / conv->dst.width, x = (block->first + i) % conv->dst.width;

    widen (&conv->src, at (&conv->src, block->memory->src, y * conv->stride[0], x * conv->stride[1], 0),
           block->copy + i * block->step);
  }
}

/* Pixels [begin, end) of the block, once their sums are complete. */
static void
finish_strip (const Block *block, gsize begin, gsize end, guint channel, guint width)
{
  const VoxelCpuConv *conv = block->conv;

  for (gsize i = begin; i < end; i++)
    for (guint c = 0; c < width && channel + c < conv->dst.channels; c += LANES)
      finish (conv, block->memory, block->sums + i * 2 * LANES + c, conv->bias + channel + c, 0,
              block->first + i, channel + c, conv->dst.channels - channel - c);
}

static void
multiply_block (Block *block, guint channel, guint width)
{
  const VoxelCpuConv *conv = block->conv;
  guint depth = conv->src.channels;
  const gfloat *weights = conv->weights + (gsize) channel * depth;
  gsize strips = (block->n + STRIP - 1) / STRIP;
  gsize calls = strips * ((depth + DEPTH - 1) / DEPTH) * ((conv->dst.channels + width - 1) / width);
  gsize lines = lines_of (&conv->src, block->n) / calls + 1;

  for (guint k = 0, chunk; k < depth; k += chunk, weights += chunk * width) {
    chunk = MIN (DEPTH, depth - k);
    for (gsize s = 0; s < strips; s++) {
      gsize begin = part (block->n, s, strips), end = part (block->n, s + 1, strips);
      const gfloat *taps[1] = {block->in + begin * block->step + k};

      fetch_ahead (&block->ahead, lines);
      if (k + chunk == depth)
        fetch_results (&conv->dst, block->memory->dst, 0, block->first + begin, end - begin, channel, width);
      SIMD (strips)
      (taps, 1, end - begin, block->step, chunk, weights, width, block->sums + begin * 2 * LANES, 2 * LANES,
       FALSE, k > 0);
      if (k + chunk == depth)
        finish_strip (block, begin, end, channel, width);
    }
  }
}

/* What the next block reads, up to pixel @end. */
static void
look_ahead (Block *block, gsize end)
{
  const VoxelCpuConv *conv = block->conv;
  gsize next = block->first + block->n, width = conv->dst.width;

  block->ahead = (Ahead){&conv->src,
                         block->memory->src,
                         next / width * conv->stride[0],
                         next % width * conv->stride[1],
                         (end + width - 1) / width * conv->stride[0],
                         {conv->stride[0], conv->stride[1]},
                         0};
}

void
SIMD (product) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task)
{
  guint pixel_task = task % conv->tile_tasks, channel_task = task / conv->tile_tasks;
  guint padded = VOXEL_CPU_PADDED (LANES, conv->dst.channels);
  guint first = channel_part (conv->dst.channels, channel_task, conv->channel_tasks);
  guint last = channel_part (conv->dst.channels, channel_task + 1, conv->channel_tasks);
  gsize pixels = (gsize) conv->dst.height * conv->dst.width;
  gsize begin = part (pixels, pixel_task, conv->tile_tasks),
        end = part (pixels, pixel_task + 1, conv->tile_tasks);
  gsize blocks = (end - begin + PIXELS - 1) / PIXELS;
  Block block = {.conv = conv, .memory = memory, .sums = (gfloat *) memory->scratch};

  block.copy = block.sums + PIXELS * 2 * LANES;
  for (gsize b = 0; b < blocks; b++) {
    block.first = begin + part (end - begin, b, blocks);
    block.n = begin + part (end - begin, b + 1, blocks) - block.first;
    look_ahead (&block, MIN (block.first + 2 * block.n, end));
    read_block (&block);
    for (guint channel = first, width; channel < last; channel += width) {
      width = VOXEL_CPU_BLOCK (LANES, padded - channel);
      multiply_block (&block, channel, width);
    }
  }
}
