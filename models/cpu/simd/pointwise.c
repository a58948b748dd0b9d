/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/simd.h"

/* e^x as 2^n e^r, |r| <= ln 2 / 2, with the Taylor polynomial of degree 7: error below 2e-7. */
SIMD_INLINE Vector
vector_exp (Vector x)
{
  Vector low = (Vector){0} - 87.f, high = (Vector){0} + 87.f, r, p;
  Bits n;

  x = -vector_max (-vector_max (x, low), -high);
  n = (Bits) (x * 1.44269504f + 12582912.f); /* rounds to a whole number in the low bits */
  r = (Vector) n - 12582912.f;
  r = x - r * 0.693359375f + r * 2.12194440e-4f;
  p = ((((((r * (1 / 5040.f) + 1 / 720.f) * r + 1 / 120.f) * r + 1 / 24.f) * r + 1 / 6.f) * r + .5f) * r +
       1.f) *
          r +
      1.f;
  return (Vector) ((Bits) p + (n << 23));
}

SIMD_INLINE Vector
map_value (const VoxelCpuPointwise *pointwise, VoxelCpuMap map, Vector a, const void *other, gsize pixel,
           guint channel, guint n)
{
  const VoxelCpuView *view = &pointwise->other;

  if (map == VOXEL_CPU_RELU)
    return vector_positive (a);
  if (map == VOXEL_CPU_SIGMOID)
    return 1.f / (1.f + vector_exp (-a));
  if (map == VOXEL_CPU_ADD)
    return a + load (at (view, other, 0, pixel, channel), n, view->bf16);
  if (map == VOXEL_CPU_AFFINE)
    return a * load (pointwise->scale + channel, n, FALSE) + load (pointwise->shift + channel, n, FALSE);
  return a;
}

SIMD_INLINE void
map_pixels (const VoxelCpuPointwise *pointwise, VoxelCpuMap map, const void *src, const void *other,
            void *dst, gsize begin, gsize end)
{
  const VoxelCpuView *in = &pointwise->src, *out = &pointwise->dst;

  for (gsize i = begin * out->width; i < end * out->width; i++)
    for (guint c = 0; c < out->channels; c += LANES) {
      guint n = out->channels - c;
      Vector a = load (at (in, src, 0, i, c), n, in->bf16);

      store (at (out, dst, 0, i, c), map_value (pointwise, map, a, other, i, c, n), n, out->bf16);
    }
}

/* Rows [begin, end). */
void
SIMD (pointwise) (const VoxelCpuPointwise *pointwise, const void *src, const void *other, void *dst,
                  gsize begin, gsize end)
{
  switch (pointwise->map) {
  case VOXEL_CPU_RELU:
    map_pixels (pointwise, VOXEL_CPU_RELU, src, other, dst, begin, end);
    break;
  case VOXEL_CPU_SIGMOID:
    map_pixels (pointwise, VOXEL_CPU_SIGMOID, src, other, dst, begin, end);
    break;
  case VOXEL_CPU_ADD:
    map_pixels (pointwise, VOXEL_CPU_ADD, src, other, dst, begin, end);
    break;
  case VOXEL_CPU_AFFINE:
    map_pixels (pointwise, VOXEL_CPU_AFFINE, src, other, dst, begin, end);
    break;
  default:
    map_pixels (pointwise, VOXEL_CPU_COPY, src, other, dst, begin, end);
  }
}
