/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cuda/cudnn-descriptor.h"
#include "models/cuda/module.h"

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
 * @driver: version of CUDA that the driver is for, 1000 major + 10 minor
 * @present: whether it is there: cuDNN looks at it by itself, and the fields between @processors and @driver are 0
 * @id: number of one that is there, as CUDA's runtime counts
 *
 * What cuDNN plans for: a device that is there, or one in words where there is none. It believes all of these, so a
 * plan for a described device shows that cuDNN has kernels for such graphs, not that they run.
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
  guint driver;
  gboolean present;
  guint id;
} VoxelCudnnDevice;

const VoxelCudnnDevice *voxel_cudnn_device_find (guint version);
VoxelCudnnDevice voxel_cudnn_device_present (const VoxelCudaDevice *device, guint id, guint driver);
gchar *voxel_cudnn_device_to_text (const VoxelCudnnDevice *device);
cudnnBackendDescriptor_t voxel_cudnn_device_describe (const VoxelCudnnDevice *device,
                                                      VoxelCudnnDescriptors *all);

G_END_DECLS
