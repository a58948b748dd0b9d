/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cuda/kernels/operand.h"

G_BEGIN_DECLS

/**
 * VoxelCudaLie:
 * @dim: outermost first; of a picture N, H, W, C, whatever its layout
 * @stride: elements from one to the next
 * @type: of the elements
 * @offset: elements that it begins at in memory of its own, for alignment
 *
 * How a tensor lies in memory.
 */
typedef struct {
  guint dim[VOXEL_CUDA_DIMS];
  gsize stride[VOXEL_CUDA_DIMS];
  VoxelCudaType type;
  gsize offset;
} VoxelCudaLie;

gboolean voxel_cuda_lie (const VoxelNode *node, const VoxelTensor *tensor, VoxelCudaLie *lie, GError **error);
gboolean voxel_cuda_map (const VoxelNode *node, VoxelCudaWork *work, const VoxelCudaLie *lies, guint n,
                         const VoxelCudaLie *out, VoxelCudaCall **call, GError **error);

G_END_DECLS
