/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/ahead.h"
#include "models/cpu/simd/finish.h"

/* Any convolution, as it is written down: rows of the input, widened to float and with their padding, wait in
 * a ring as long as they are needed; strips of pixels by two vectors of channels run over all taps. */

/* Rows are computed together as long as the ring stays in the second cache, until each weight served 8 segments. */
#define RING_BYTES (384 * 1024)

typedef struct {
  const VoxelCpuConv *conv;
  const VoxelCpuConvMemory *memory;
  gfloat *ring;
  gfloat *zeros;
  gfloat *sums;
  gsize pitch;
  gsize row;
  guint rows;
  guint slots;
  Ahead ahead;
  gsize share;
} Ring;

static void
measure (const VoxelCpuConv *conv, Ring *ring)
{
  gsize reach = (conv->kernel[0] - 1) * (gsize) conv->dilation[0] + 1;
  gsize across = (conv->kernel[1] - 1) * (gsize) conv->dilation[1] + 1;
  gsize columns = (conv->dst.width - 1) * (gsize) conv->stride[1] + across;
  gsize held;

  ring->pitch = widened_pitch (conv->src.channels);
  ring->row = (MAX (columns, (gsize) conv->src.width + conv->padding[1]) * ring->pitch + 15) & ~(gsize) 15;
  held = RING_BYTES / (ring->row * sizeof (gfloat));
  ring->rows = held > reach ? MIN ((held - reach) / conv->stride[0] + 1, conv->dst.height) : 1;
  ring->rows = MIN (ring->rows, (8 * SEGMENT + conv->dst.width - 1) / conv->dst.width);
  ring->slots = (ring->rows - 1) * conv->stride[0] + reach;
}

gsize
SIMD (direct_scratch) (const VoxelCpuConv *conv)
{
  Ring ring;

  measure (conv, &ring);
  return (ring.row * (ring.slots + 1) + SEGMENT * 2 * LANES) * sizeof (gfloat);
}

static void
fill_row (const Ring *ring, gsize y)
{
  const VoxelCpuView *src = &ring->conv->src;
  gfloat *out = ring->ring + y % ring->slots * ring->row + ring->conv->padding[1] * ring->pitch;

  for (guint x = 0; x < src->width; x++)
    widen (src, at (src, ring->memory->src, y, x, 0), out + x * ring->pitch);
}

/* Output channels [channel, channel + width) of row @y. */
static void
output_row (Ring *ring, gsize y, guint group, guint channel, guint width, const gfloat *weights)
{
  const VoxelCpuConv *conv = ring->conv;
  guint depth = conv->src.channels / conv->groups, of_group = conv->dst.channels / conv->groups;
  guint n_taps = conv->kernel[0] * conv->kernel[1];
  gsize padded = VOXEL_CPU_PADDED (LANES, of_group);
  const gfloat *taps[VOXEL_CPU_MAX_TAPS], *bias = conv->bias + group * padded + channel;

  for (guint t = 0; t < n_taps; t++) {
    gsize sy = y * conv->stride[0] + t / conv->kernel[1] * conv->dilation[0] - conv->padding[0];
    const gfloat *line = sy < conv->src.height ? ring->ring + sy % ring->slots * ring->row : ring->zeros;

    taps[t] = line + t % conv->kernel[1] * (gsize) conv->dilation[1] * ring->pitch + group * depth;
  }
  for (gsize x = 0; x < conv->dst.width; x += SEGMENT) {
    gsize n = MIN (SEGMENT, conv->dst.width - x), step = conv->stride[1] * ring->pitch;

    fetch_ahead (&ring->ahead, ring->share);
    fetch_results (&conv->dst, ring->memory->dst, y, x, n, (gsize) group * of_group + channel, width);
    SIMD (strips) (taps, n_taps, n, step, depth, weights, width, ring->sums, 2 * LANES, FALSE, FALSE);
    for (guint c = 0; c < width && channel + c < of_group; c += LANES)
      for (gsize i = 0; i < n; i++)
        finish (conv, ring->memory, ring->sums + i * 2 * LANES + c, bias + c, y, x + i,
                (gsize) group * of_group + channel + c, of_group - channel - c);
    for (guint t = 0; t < n_taps; t++)
      taps[t] += n * step;
  }
}

static void
output_rows (Ring *ring, gsize begin, gsize end, guint group, guint first, guint last)
{
  const VoxelCpuConv *conv = ring->conv;
  gsize depth = (gsize) conv->src.channels / conv->groups * conv->kernel[0] * conv->kernel[1];
  guint padded = VOXEL_CPU_PADDED (LANES, conv->dst.channels / conv->groups);

  for (guint channel = first, width; channel < last; channel += width) {
    width = VOXEL_CPU_BLOCK (LANES, padded - channel);
    for (gsize y = begin; y < end; y++)
      output_row (ring, y, group, channel, width, conv->weights + ((gsize) group * padded + channel) * depth);
  }
}

/* What is read after @rows rows of results, @channels each, from row @y of the source on: a share of it with every
 * segment. */
static void
look_ahead (Ring *ring, gsize y, gsize rows, guint channels)
{
  const VoxelCpuConv *conv = ring->conv;
  gsize segments = (conv->dst.width + SEGMENT - 1) / SEGMENT,
        blocks = (channels + 2 * LANES - 1) / (2 * LANES);
  gsize last = MIN (y + ring->rows * conv->stride[0], conv->src.height);

  ring->ahead = (Ahead){&conv->src, ring->memory->src, y, 0, last, {1, 1}, 0};
  ring->share = y < last ? lines_of (&conv->src, (last - y) * conv->src.width) /
                                   (rows * segments * blocks * conv->groups) +
                               1
                         : 0;
}

void
SIMD (direct) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task)
{
  guint row_task = task % conv->tile_tasks, channel_task = task / conv->tile_tasks;
  guint of_group = conv->dst.channels / conv->groups;
  guint first = channel_part (of_group, channel_task, conv->channel_tasks);
  guint last = channel_part (of_group, channel_task + 1, conv->channel_tasks);
  gsize begin = part (conv->dst.height, row_task, conv->tile_tasks);
  gsize end = part (conv->dst.height, row_task + 1, conv->tile_tasks);
  gsize reach = (conv->kernel[0] - 1) * (gsize) conv->dilation[0] + 1, filled = 0;
  Ring ring = {.conv = conv, .memory = memory};

  measure (conv, &ring);
  ring.ring = (gfloat *) memory->scratch;
  ring.zeros = ring.ring + ring.slots * ring.row;
  ring.sums = ring.zeros + ring.row;
  memset (ring.ring, 0, (ring.slots + 1) * ring.row * sizeof (gfloat));
  for (gsize y = begin, next; y < end; y = next) {
    gsize top = y * conv->stride[0], from = top > conv->padding[0] ? top - conv->padding[0] : 0, to;

    next = MIN (y + ring.rows, end);
    to = (next - 1) * conv->stride[0] + reach;
    to = to > conv->padding[0] ? MIN (to - conv->padding[0], conv->src.height) : 0;
    for (filled = MAX (filled, from); filled < to; filled++)
      fill_row (&ring, filled);
    look_ahead (&ring, to, next - y, last - first);
    for (guint group = 0; group < conv->groups; group++)
      output_rows (&ring, y, next, group, first, last);
  }
}
