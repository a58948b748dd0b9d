/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cuda/cuda.h"
#include "models/cuda/slices.h"

G_BEGIN_DECLS

/**
 * VoxelCudaSliceSlot:
 * @number: of the slice, from 1 up
 * @queue: that it is sent and fetched on, so that neither waits for what is computed of others
 * @sent: event
 * @begun: event
 * @computed: event
 * @head: on the device, what is told of it
 * @out: on the device, what comes of it
 * @told: pinned: the head
 * @pixels: pinned: the planes
 * @result: pinned: what came of it
 * @not_finite: pinned: the head's first word
 *
 * What a slice needs while it is under way.
 */
typedef struct {
  guint64 number;
  gpointer queue;
  gpointer sent;
  gpointer begun;
  gpointer computed;
  gpointer head;
  gpointer out;
  guint32 *told;
  guint8 *pixels;
  guint8 *result;
  guint32 *not_finite;
} VoxelCudaSliceSlot;

gboolean voxel_cuda_slice_slot_make (VoxelCudaSliceSlot *slot, const VoxelCuda *cuda, guint device,
                                     const VoxelCudaSlice *slice, gsize result_bytes, GError **error);
void voxel_cuda_slice_slot_clear (VoxelCudaSliceSlot *slot, const VoxelCuda *cuda, guint device);
guint voxel_cuda_slice_slot_tell (VoxelCudaSliceSlot *slot, const VoxelCudaSlice *slice,
                                  const VoxelCudaSlicesInput *input);

G_END_DECLS
