/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cuda/cuda.h"
#include "models/cuda/slices.h"
#include "models/run.h"

G_BEGIN_DECLS

/**
 * VoxelCudaSliceMemory:
 * @pixels: of planes
 * @head: what is told of the slice
 * @fixed: what is the same for all
 * @sums: of the views of each tile
 *
 * Addresses on the device.
 */
typedef struct {
  gpointer pixels;
  gpointer head;
  gpointer fixed;
  gpointer sums;
} VoxelCudaSliceMemory;

/**
 * VoxelCudaSliceNetwork:
 * @batch: what its kernels are told, but for which pictures
 * @plan: of its runs
 * @run: on a queue of its own
 *
 * The views of tiles that have pictures of one size.
 */
typedef struct {
  VoxelCudaSliceBatch batch;
  VoxelPlan *plan;
  VoxelRun *run;
} VoxelCudaSliceNetwork;

void voxel_cuda_slice_network_init (VoxelCudaSliceNetwork *network, VoxelModel *model,
                                    const VoxelCudaSlicesForm *form, gboolean sideways);
void voxel_cuda_slice_network_clear (VoxelCudaSliceNetwork *network);
gboolean voxel_cuda_slice_network_fit (VoxelCudaSliceNetwork *network, VoxelModel *model, VoxelPlanKey key,
                                       guint wanted, guint64 limit, GError **error);
gboolean voxel_cuda_slice_network_add (VoxelCudaSliceNetwork *network, const VoxelCuda *cuda,
                                       const VoxelCudaSliceMemory *memory, guint seen, GError **error);
gboolean voxel_cuda_slice_start (const VoxelCuda *cuda, VoxelCudaKernel kernel, gsize elements, guint second,
                                 gconstpointer params, const VoxelCudaMemory *memory, gpointer queue,
                                 GError **error);

G_END_DECLS
