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

/* Rows of the source, widened to float. */
typedef struct {
  const VoxelCpuConv *conv;
  const VoxelCpuConvMemory *memory;
  gfloat *in;
  gfloat *sums;
  gsize pitch;
  gsize top;
} Rows;

/* Results of @n pixels from row @y, column @x of the source on. */
static void
finish_pixels (const Rows *rows, gsize y, gsize x, gsize n, guint tap, guint channel, guint width)
{
  const VoxelCpuConv *conv = rows->conv;
  guint dy = tap / conv->kernel[1], dx = tap % conv->kernel[1];

  for (gsize i = 0; i < n; i++) {
    for (guint c = 0; c < width && channel + c < conv->dst.channels; c += LANES)
      finish (conv, rows->memory, rows->sums + i * 2 * LANES + c, conv->bias + channel + c,
              y * conv->kernel[0] + dy, x * conv->kernel[1] + dx, channel + c,
              conv->dst.channels - channel - c);
    if (++x == conv->src.width) {
      x = 0;
      y++;
    }
  }
}

/* All @n pixels in channels [channel, channel + width) of tap @tap. */
static void
output_pixels (const Rows *rows, gsize n, guint tap, guint channel, guint width, const gfloat *weights)
{
  gsize count;

  for (gsize first = 0; first < n; first += count) {
    const gfloat *taps[1] = {rows->in + first * rows->pitch};

    count = MIN (SEGMENT, n - first);
    SIMD (strips)
    (taps, 1, count, rows->pitch, rows->conv->src.channels, weights, width, rows->sums, 2 * LANES, FALSE,
     FALSE);
    finish_pixels (rows, rows->top + first / rows->conv->src.width, first % rows->conv->src.width, count, tap,
                   channel, width);
  }
}

static void
read_rows (Rows *rows, gsize n)
{
  const VoxelCpuView *src = &rows->conv->src;
  const gchar *first = at (src, rows->memory->src, rows->top, 0, 0);

  for (gsize i = 0; i < n; i++)
    widen (src, first + i * src->pitch * element_size (src->bf16), rows->in + i * rows->pitch);
}

void
SIMD (transpose) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task)
{
  guint row_task = task % conv->tile_tasks, channel_task = task / conv->tile_tasks, held = held_rows (conv);
  guint padded = VOXEL_CPU_PADDED (LANES, conv->dst.channels), taps = conv->kernel[0] * conv->kernel[1];
  guint first = channel_part (conv->dst.channels, channel_task, conv->channel_tasks);
  guint last = channel_part (conv->dst.channels, channel_task + 1, conv->channel_tasks);
  gsize end = part (conv->src.height, row_task + 1, conv->tile_tasks), n;
  Rows rows = {.conv = conv, .memory = memory, .in = (gfloat *) memory->scratch};

  rows.pitch = widened_pitch (conv->src.channels);
  rows.sums = rows.in + held * conv->src.width * rows.pitch;
  for (rows.top = part (conv->src.height, row_task, conv->tile_tasks); rows.top < end; rows.top += held) {
    n = MIN (held, end - rows.top) * conv->src.width;
    read_rows (&rows, n);
    for (guint t = 0; t < taps; t++)
      for (guint channel = first, width; channel < last; channel += width) {
        width = VOXEL_CPU_BLOCK (LANES, padded - channel);
        output_pixels (&rows, n, t, channel, width,
                       conv->weights + ((gsize) t * padded + channel) * conv->src.channels);
      }
  }
}
