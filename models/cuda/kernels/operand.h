/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cuda/kernels/work.h"

G_BEGIN_DECLS

/* What the launches of all operators share: how operands lie in memory, and grids. */

#define VOXEL_CUDA_THREADS 256

gboolean voxel_cuda_type (const VoxelNode *node, const VoxelTensor *tensor, VoxelCudaType *type,
                          GError **error);
gboolean voxel_cuda_by_shape (const VoxelNode *node, const VoxelTensor *tensor, GError **error);
gboolean voxel_cuda_view (const VoxelNode *node, const VoxelTensor *tensor, VoxelCudaView *view,
                          GError **error);
VoxelCudaType voxel_cuda_form (const VoxelNode *node, const VoxelCudaView *src, const VoxelCudaView *dst);
guint voxel_cuda_threads (guint wanted);
VoxelCudaCall *voxel_cuda_call (VoxelCudaWork *work, VoxelCudaKernel kernel, VoxelCudaType form);
VoxelCudaLaunch voxel_cuda_grid (gsize elements, guint second);
gboolean voxel_cuda_each (const VoxelNode *node, VoxelCudaCall *call, gsize elements, guint pictures,
                          GError **error);

G_END_DECLS
