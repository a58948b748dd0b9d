/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/finish.h"

/* Convolution of each channel by itself: bound by memory, so all channels of a few pixels come before the next
 * pixels. Each vector that is read serves all columns of the kernel. Pixels beyond the picture are zeros. */

#define PIXELS (LANES >= 8 ? 8 : 4)
#define MOST_TAPS 7
#define MOST_COLUMNS ((8 - 1) * 2 + MOST_TAPS)

/* @pixels: of the input, a row of @columns for each row of the kernel. @y, @x: where the output's begin, @n: how many
 * of them are wanted. */
typedef struct {
  const VoxelCpuConv *conv;
  const VoxelCpuConvMemory *memory;
  const gchar *zeros;
  gfloat *sums;
  const gchar *pixels[MOST_TAPS][MOST_COLUMNS];
  gsize y, x;
  guint n;
} Place;

/* Channels [c, c + n), at most a vector. */
SIMD_INLINE void
convolve_vector (const Place *place, guint kernel, guint stride, gboolean bf16, guint c, guint n)
{
  const VoxelCpuConv *conv = place->conv;
  const gfloat *weights = conv->weights + (gsize) c * kernel * kernel;
  Vector sums[PIXELS] = {{0}};

  for (guint y = 0; y < kernel; y++, weights += kernel * LANES) {
    Vector row[MOST_TAPS];

    _Pragma ("GCC unroll 7") for (guint k = 0; k < kernel; k++) row[k] =
        *(const Vector *) (weights + k * LANES);
    _Pragma ("GCC unroll 24") for (guint i = 0; i < (PIXELS - 1) * stride + kernel; i++)
    {
      Vector x = load (place->pixels[y][i] + c * element_size (bf16), n, bf16);

      _Pragma ("GCC unroll 7") for (guint k = 0; k < kernel;
                                    k++) if (i >= k && (i - k) % stride == 0 && (i - k) / stride < PIXELS)
          sums[(i - k) / stride] += x * row[k];
    }
  }
  _Pragma ("GCC unroll 8") for (guint i = 0; i < PIXELS; i++) ((Vector *) place->sums)[i] = sums[i];
  finish_vectors (conv, place->memory, place->sums, conv->bias + c, place->y, place->x, place->n, c, n);
}

SIMD_INLINE void
convolve (const Place *place, guint kernel, guint stride, gboolean bf16)
{
  guint channels = place->conv->dst.channels, c = 0;

  for (; c + LANES <= channels; c += LANES)
    convolve_vector (place, kernel, stride, bf16, c, LANES);
  if (c < channels)
    convolve_vector (place, kernel, stride, bf16, c, channels - c);
}

static void
convolve_pixels (const Place *place)
{
  const VoxelCpuConv *conv = place->conv;

#define CASE(kernel_size, step) \
  if (conv->kernel[1] == kernel_size && conv->stride[1] == step) { \
    if (conv->src.bf16) \
      convolve (place, kernel_size, step, TRUE); \
    else \
      convolve (place, kernel_size, step, FALSE); \
  }
  CASE (3, 1)
  CASE (3, 2)
  CASE (5, 1)
  CASE (5, 2)
  CASE (7, 1)
  CASE (7, 2)
}

static void
find_pixels (Place *place)
{
  const VoxelCpuConv *conv = place->conv;
  guint kernel = conv->kernel[1], columns = (PIXELS - 1) * conv->stride[1] + kernel;

  for (guint k = 0; k < kernel; k++)
    for (guint i = 0; i < columns; i++) {
      gsize y = place->y * conv->stride[0] + k - conv->padding[0]; /* above the picture: very large */
      gsize x = place->x * conv->stride[1] + i - conv->padding[1];
      gboolean inside = y < conv->src.height && x < conv->src.width;

      place->pixels[k][i] = inside ? at (&conv->src, place->memory->src, y, x, 0) : place->zeros;
    }
}

gsize
SIMD (depthwise_scratch) (const VoxelCpuConv *conv)
{
  return (VOXEL_CPU_PADDED (16, conv->src.channels) + PIXELS * LANES) * sizeof (gfloat);
}

void
SIMD (depthwise) (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task)
{
  gsize count = ((gsize) conv->dst.width + PIXELS - 1) / PIXELS,
        end = part (conv->dst.height, task + 1, conv->tile_tasks);
  Place place = {.conv = conv, .memory = memory, .zeros = memory->scratch};
  gsize zeros = VOXEL_CPU_PADDED (16, conv->src.channels);

  place.sums = (gfloat *) memory->scratch + zeros;
  memset (memory->scratch, 0, zeros * sizeof (gfloat));
  for (place.y = part (conv->dst.height, task, conv->tile_tasks); place.y < end; place.y++)
    for (gsize i = 0; i < count; i++) {
      place.x = part (conv->dst.width, i, count);
      place.n = part (conv->dst.width, i + 1, count) - place.x;
      find_pixels (&place);
      convolve_pixels (&place);
    }
}
