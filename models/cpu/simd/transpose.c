/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/finish.h"

/* Transposed convolution whose kernel is as large as its stride, so that nothing overlaps: each tap is a
 * matrix product of its own, written to every second pixel. */

#define PIXELS (8 * STRIP)

static guint
held_rows (const VoxelCpuConv *conv)
{
  return MAX (1, MIN (PIXELS / conv->src.width, conv->src.height));
}

gsize
SIMD (transpose_scratch) (const VoxelCpuConv *conv)
{
  gsize pixels = (gsize) held_rows (conv) * conv->src.width;

  return ((pixels * widened_pitch (conv->src.channels) + SEGMENT * 2 * LANES + 15) & ~(gsize) 15) *
         sizeof (gfloat);
}

/* Pixels [0, n) from row @top of the source on, in channels [channel, channel + width) of tap @tap. */
static void
output_pixels (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, const gfloat *in, gfloat *sums,
               gsize top, gsize n, guint tap, guint channel, guint width, const gfloat *weights)
{
  gsize pitch = widened_pitch (conv->src.channels), count;
  guint dy = tap / conv->kernel[1], dx = tap % conv->kernel[1];

  for (gsize first = 0; first < n; first += count) {
    const gfloat *taps[1] = {in + first * pitch};

    count = MIN (SEGMENT, n - first);
    SIMD (strips) (taps, 1, count, pitch, conv->src.channels, weights, width, sums, 2 * LANES);
    for (guint c = 0; c < width && channel + c < conv->dst.channels; c += LANES)
      for (gsize i = 0; i < count; i++) {
        gsize y = top + (first + i) / conv->src.width, x = (first + i) % conv->src.width;

        finish (conv, memory, sums + i * 2 * LANES + c, conv->bias + channel + c, y * conv->kernel[0] + dy,
                x * conv->kernel[1] + dx, channel + c, conv->dst.channels - channel - c);
      }
  }
}

void
SIMD (transpose) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task)
{
  guint row_task = task % conv->tile_tasks, channel_task = task / conv->tile_tasks, rows = held_rows (conv);
  guint padded = VOXEL_CPU_PADDED (LANES, conv->dst.channels), taps = conv->kernel[0] * conv->kernel[1];
  guint first = channel_part (conv->dst.channels, channel_task, conv->channel_tasks);
  guint last = channel_part (conv->dst.channels, channel_task + 1, conv->channel_tasks);
  gsize begin = part (conv->src.height, row_task, conv->tile_tasks);
  gsize end = part (conv->src.height, row_task + 1, conv->tile_tasks), next;
  gsize pitch = widened_pitch (conv->src.channels);
  gfloat *in = (gfloat *) memory->scratch;
  gfloat *sums = in + rows * conv->src.width * pitch;

  for (gsize y = begin; y < end; y = next) {
    gsize n;

    next = MIN (y + rows, end);
    n = (next - y) * conv->src.width;
    for (gsize i = 0; i < n; i++)
      widen (&conv->src, at (&conv->src, memory->src, y, i, 0), in + i * pitch);
    for (guint t = 0; t < taps; t++)
      for (guint channel = first, width; channel < last; channel += width) {
        width = VOXEL_CPU_BLOCK (LANES, padded - channel);
        output_pixels (conv, memory, in, sums, y, n, t, channel, width,
                       conv->weights + ((gsize) t * padded + channel) * conv->src.channels);
      }
  }
}
