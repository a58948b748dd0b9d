/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/math.h"

SIMD_INLINE Vector
map_value (const VoxelCpuPointwise *pointwise, VoxelCpuMap map, Vector a, const void *other, gsize pixel,
           guint channel, guint n)
{
  const VoxelCpuView *view = &pointwise->other;

  if (map == VOXEL_CPU_RELU)
    return vector_positive (a);
  if (map == VOXEL_CPU_SIGMOID)
    return vector_sigmoid (a);
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
