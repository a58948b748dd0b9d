/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _VoxelBrickKernels VoxelBrickKernels;

/**
 * VoxelBrickKernels:
 * @bits: of a voxel in a brick: 1, 2, 8, 16 or 32
 * @bytes: of a voxel in a slice: 1, 2 or 4
 * @pack: (nullable): from a plane of bytes to one of @bits, where these are fewer; what is above the largest
 * voxel becomes that
 * @unpack: (nullable): and back
 * @transpose: dst[c * dst_stride + r] = src[r * src_stride + c] for r < rows, c < columns; strides in voxels
 * @transpose_add: the same with +=
 * @add: dst[i] += src[i]
 *
 * How voxels of one size are moved. Sums wrap around, as unsigned integers do; those of less than a byte stop at the
 * largest voxel.
 */
struct _VoxelBrickKernels {
  guint bits;
  guint bytes;
  void (*pack) (const guint8 *plane, guint8 *packed);
  void (*unpack) (const guint8 *packed, guint8 *plane);
  void (*transpose) (const void *src, gsize src_stride, void *dst, gsize dst_stride, guint rows,
                     guint columns);
  void (*transpose_add) (const void *src, gsize src_stride, void *dst, gsize dst_stride, guint rows,
                         guint columns);
  void (*add) (const void *src, void *dst, gsize n);
};

const VoxelBrickKernels *voxel_brick_kernels_find (guint bits);

G_END_DECLS
