/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cuda/slice-network.h"
#include "models/cuda/slice-planes.h"
#include "models/cuda/slice-slot.h"

G_BEGIN_DECLS

/**
 * VoxelCudaSlices:
 *
 * A network on a device, and all that slices of one size need there. One caller at a time.
 *
 * A slice is sent and fetched on its slot's queue; its kernels and the network follow those of the slice before on the
 * network's queue, and where views have pictures of two sizes on that of the other. Events hold these together.
 */
struct _VoxelCudaSlices {
  const VoxelCuda *cuda;
  guint device;
  VoxelPrecision precision;
  VoxelCudaSliceStitch stitch;
  gsize result_bytes;
  VoxelCudaSliceMemory memory; /* but for the head */
  VoxelCudaSliceNetwork networks[2];
  guint n_networks;
  gpointer turned; /* event: the first network is done with a slice */
  VoxelCudaSlicePlanes *planes;
  VoxelCudaSliceSlot slots[VOXEL_CUDA_SLICES_AHEAD];
  guint64 started; /* slices */
  guint64 done;
  gdouble seconds; /* that the device computed */
};

/* slices-make.c */
gboolean voxel_cuda_slices_make (VoxelCudaSlices *slices, VoxelModel *model, const VoxelCudaSlicesForm *form,
                                 GError **error);

G_END_DECLS
