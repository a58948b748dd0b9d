/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cuda/cudnn-descriptor.h"

G_BEGIN_DECLS

/**
 * VoxelCudnnDevice:
 * @name: as the driver calls it
 * @version: compute capability, 10 major + minor
 * @processors: multiprocessors
 * @shared: bytes of shared memory that a block may ask for
 * @blocks: resident on a multiprocessor
 * @threads: likewise
 * @memory: bytes
 * @clock: of the multiprocessors, kHz
 * @memory_clock: kHz
 * @cache: bytes of the second cache
 *
 * A device in words: what cuDNN plans for where there is none. It believes all of it, so a plan for a described
 * device shows that cuDNN has kernels for such graphs, not that they run.
 */
typedef struct {
  const gchar *name;
  guint version;
  guint processors;
  guint shared;
  guint blocks;
  guint threads;
  guint64 memory;
  guint clock;
  guint memory_clock;
  guint cache;
} VoxelCudnnDevice;

const VoxelCudnnDevice *voxel_cudnn_device_find (guint version);
cudnnBackendDescriptor_t voxel_cudnn_device_describe (const VoxelCudnnDevice *device,
                                                      VoxelCudnnDescriptors *all);

G_END_DECLS
