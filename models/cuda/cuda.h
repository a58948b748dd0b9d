/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/cuda/module.h"

G_BEGIN_DECLS

typedef struct _VoxelCudaQueue VoxelCudaQueue;

/**
 * VoxelCuda:
 * @module: libvoxelcuda
 * @devices: of #VoxelCudaDevice, all that can be used
 *
 * CUDA as it is found when it is first asked for: module, driver and devices. cuDNN is opened beside it.
 */
typedef struct {
  const VoxelCudaModule *module;
  GArray *devices;
} VoxelCuda;

/* cuda.c: once in the process; what is missing is told to everybody who asks. VOXEL_CUDA_MODULE in the environment
 * names the module's file, VOXEL_CUDNN_LIBRARY cuDNN's. */
const VoxelCuda *voxel_cuda_get (GError **error);
gboolean voxel_cuda_check (const VoxelCuda *cuda, int status, GError **error, const gchar *format, ...)
    G_GNUC_PRINTF (4, 5);

/* module-open.c */
const VoxelCudaModule *voxel_cuda_module_open (const gchar *name, GError **error);

/* module-count.c */
guint voxel_cuda_module_count (const VoxelCudaModule *module, guint *driver, GError **error);

/* queue.c */
gpointer voxel_cuda_queue_stream (VoxelCudaQueue *queue);
guint voxel_cuda_queue_device (VoxelCudaQueue *queue);

G_END_DECLS
