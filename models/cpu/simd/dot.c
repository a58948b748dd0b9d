/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/finish.h"
#include "models/cpu/simd/reduce.h"

/* Convolution to few channels, such as a network's head: input channels lie across the vector, and the sums of as
 * many neighbouring pixels as a vector has lanes are summed up together. Weights: output channel, tap, input
 * channels rounded up to whole vectors. */

/* Pixels that share each weight. */
#define TOGETHER 4

typedef struct {
  const VoxelCpuConv *conv;
  const VoxelCpuConvMemory *memory;
  const gfloat *weights;
  gsize depth;
  gsize y;
} Row;

/* Taps [first, last) of a kernel row at @n pixels from column @x of the result on, all inside the picture. */
SIMD_INLINE void
add_taps (const Row *row, gsize sy, gsize x, guint ky, guint first, guint last, Vector *sums, guint n,
          gboolean whole, gboolean bf16)
{
  const VoxelCpuView *src = &row->conv->src;
  gsize size = element_size (bf16), step = row->conv->stride[1] * src->pitch * size;
  const gfloat *weights = row->weights + (ky * row->conv->kernel[1] + first) * row->depth;

  for (guint kx = first; kx < last; kx++, weights += row->depth) {
    const gchar *pixel =
        at (src, row->memory->src, sy,
            x * row->conv->stride[1] + kx * row->conv->dilation[1] - row->conv->padding[1], 0);

    for (guint c = 0; c < src->channels; c += LANES)
      _Pragma ("GCC unroll 4") for (guint i = 0; i < n; i++) sums[i] +=
          load (pixel + i * step + c * size, whole ? LANES : src->channels - c, bf16) *
          *(const Vector *) (weights + c);
  }
}

SIMD_INLINE void
add_rows (const Row *row, gsize x, guint first, guint last, Vector *sums, guint n, gboolean whole,
          gboolean bf16)
{
  const VoxelCpuConv *conv = row->conv;
  Vector a[TOGETHER] = {{0}};

  for (guint ky = 0; ky < conv->kernel[0]; ky++) {
    gsize sy = row->y * conv->stride[0] + ky * (gsize) conv->dilation[0] - conv->padding[0];

    if (sy < conv->src.height)
      add_taps (row, sy, x, ky, first, last, a, n, whole, bf16);
  }
  _Pragma ("GCC unroll 4") for (guint i = 0; i < n; i++) sums[i] = a[i];
}

/* At column @x only those taps that lie in the picture. */
SIMD_INLINE void
add_pixel (const Row *row, gsize x, Vector *sum, gboolean whole, gboolean bf16)
{
  const VoxelCpuConv *conv = row->conv;
  gsize left = x * conv->stride[1];
  guint first = 0, last = conv->kernel[1];

  while (first < last && left + first * conv->dilation[1] < conv->padding[1])
    first++;
  while (last > first && left + (last - 1) * conv->dilation[1] - conv->padding[1] >= conv->src.width)
    last--;
  add_rows (row, x, first, last, sum, 1, whole, bf16);
}

static void
store_sums (const Row *row, gsize x, guint o, Vector sums, guint n)
{
  const VoxelCpuConv *conv = row->conv;
  Vector result = activate (sums + conv->bias[o], conv->activation, conv->slope);

  if (conv->dst.pitch == 1) {
    store (at (&conv->dst, row->memory->dst, row->y, x, o), result, n, conv->dst.bf16);
    return;
  }
  for (guint i = 0; i < n; i++)
    store_part (at (&conv->dst, row->memory->dst, row->y, x + i, o), (Vector){result[i]}, 1, conv->dst.bf16);
}

SIMD_INLINE void
dot_pixels (Row *row, gsize x, guint n, gboolean inside, gboolean whole, gboolean bf16)
{
  const VoxelCpuConv *conv = row->conv;

  for (guint o = 0; o < conv->dst.channels; o++) {
    Vector sums[LANES] = {{0}};

    row->weights = conv->weights + (gsize) o * conv->kernel[0] * conv->kernel[1] * row->depth;
    if (inside)
      for (guint i = 0; i < LANES; i += TOGETHER)
        add_rows (row, x + i, 0, conv->kernel[1], sums + i, TOGETHER, whole, bf16);
    else
      for (guint i = 0; i < n; i++)
        add_pixel (row, x + i, sums + i, whole, bf16);
    store_sums (row, x, o, sums_of (sums), n);
  }
}

SIMD_INLINE void
dot_rows (Row *row, gsize begin, gsize end, gboolean whole, gboolean bf16)
{
  const VoxelCpuConv *conv = row->conv;
  gsize reach = (conv->kernel[1] - 1) * (gsize) conv->dilation[1];

  for (row->y = begin; row->y < end; row->y++)
    for (gsize x = 0; x < conv->dst.width; x += LANES) {
      guint n = MIN (LANES, conv->dst.width - x);
      gboolean inside = n == LANES && x * conv->stride[1] >= conv->padding[1] &&
                        (x + n - 1) * conv->stride[1] + reach < (gsize) conv->src.width + conv->padding[1];

      dot_pixels (row, x, n, inside, whole, bf16);
    }
}

void
SIMD (dot) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task)
{
  Row row = {conv, memory, NULL, VOXEL_CPU_PADDED (LANES, conv->src.channels), 0};
  gsize begin = part (conv->dst.height, task, conv->tile_tasks);
  gsize end = part (conv->dst.height, task + 1, conv->tile_tasks);

  if (conv->src.channels % LANES)
    dot_rows (&row, begin, end, FALSE, conv->src.bf16);
  else if (conv->src.bf16)
    dot_rows (&row, begin, end, TRUE, TRUE);
  else
    dot_rows (&row, begin, end, TRUE, FALSE);
}
