/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/cuda/module.h"

G_BEGIN_DECLS

typedef struct _VoxelCudaQueue VoxelCudaQueue;
typedef struct _VoxelCudnnLibrary VoxelCudnnLibrary;

/**
 * VoxelCuda:
 * @module: libvoxelcuda
 * @driver: version of CUDA that the driver is for, 1000 major + 10 minor
 * @devices: of #VoxelCudaDevice, all that can be used
 * @ordinals: of guint: by which number CUDA knows each of them
 * @cudnn: opened once there is a device
 *
 * CUDA as it is found when it is first asked for: module, driver, devices and cuDNN.
 */
typedef struct {
  const VoxelCudaModule *module;
  guint driver;
  GArray *devices;
  GArray *ordinals;
  VoxelCudnnLibrary *cudnn;
} VoxelCuda;

/* cuda.c: once in the process; what is missing is told to everybody who asks. VOXEL_CUDA_MODULE in the environment
 * names the module's file, VOXEL_CUDNN_LIBRARY cuDNN's. */
const VoxelCuda *voxel_cuda_get (GError **error);
gboolean voxel_cuda_check (const VoxelCuda *cuda, int status, GError **error, const gchar *format, ...)
    G_GNUC_PRINTF (4, 5);
const VoxelCudaDevice *voxel_cuda_device (const VoxelCuda *cuda, guint device);
gboolean voxel_cuda_use (const VoxelCuda *cuda, guint device, GError **error);

/* module-open.c */
const VoxelCudaModule *voxel_cuda_module_open (const gchar *name, GError **error);

/* module-count.c */
guint voxel_cuda_module_count (const VoxelCudaModule *module, guint *driver, GError **error);

/* queue.c */
gpointer voxel_cuda_queue_stream (VoxelCudaQueue *queue);
guint voxel_cuda_queue_device (VoxelCudaQueue *queue);

G_END_DECLS
