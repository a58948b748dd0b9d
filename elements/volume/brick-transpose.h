/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _VoxelBrickKernels VoxelBrickKernels;

/**
 * VoxelBrickKernels:
 * @bytes: of a voxel: 1, 2 or 4
 * @transpose: dst[c * dst_stride + r] = src[r * src_stride + c] for r < rows, c < columns; strides in voxels
 * @transpose_add: the same with +=
 * @add: dst[i] += src[i]
 *
 * How voxels of one size are moved. Sums wrap around, as unsigned integers do.
 */
struct _VoxelBrickKernels {
  guint bytes;
  void (*transpose) (const void *src, gsize src_stride, void *dst, gsize dst_stride, guint rows,
                     guint columns);
  void (*transpose_add) (const void *src, gsize src_stride, void *dst, gsize dst_stride, guint rows,
                         guint columns);
  void (*add) (const void *src, void *dst, gsize n);
};

const VoxelBrickKernels *voxel_brick_kernels_find (guint bytes);

G_END_DECLS
