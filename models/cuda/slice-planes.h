/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cuda/slices.h"

G_BEGIN_DECLS

/* Which planes lie where in the device's memory. */

typedef struct _VoxelCudaSlicePlanes VoxelCudaSlicePlanes;

VoxelCudaSlicePlanes *voxel_cuda_slice_planes_new (guint places);
void voxel_cuda_slice_planes_free (VoxelCudaSlicePlanes *planes);
guint voxel_cuda_slice_planes_take (VoxelCudaSlicePlanes *planes, const VoxelCudaSliceKey *key, guint64 user,
                                    guint64 done, gboolean *there);
void voxel_cuda_slice_planes_lose (VoxelCudaSlicePlanes *planes, guint64 user);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelCudaSlicePlanes, voxel_cuda_slice_planes_free)

G_END_DECLS
