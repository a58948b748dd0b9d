/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cuda/cudnn-device.h"
#include "models/cuda/cudnn-graph.h"

G_BEGIN_DECLS

/**
 * VoxelCudnnFloat:
 * @VOXEL_CUDNN_FLOAT_TF32: products of floats rounded to 10 bits of mantissa, on tensor cores; sums in float
 * @VOXEL_CUDNN_FLOAT_FULL: no tensor cores for floats
 *
 * How floats are multiplied; other types are not touched by it.
 */
typedef enum { VOXEL_CUDNN_FLOAT_TF32, VOXEL_CUDNN_FLOAT_FULL } VoxelCudnnFloat;

/**
 * VoxelCudnnPlan:
 * @all: its descriptors
 * @descriptor: the plan
 * @engine: which of cuDNN's
 * @workspace: bytes of scratch memory that it wants
 * @tensor_cores: whether it multiplies on these
 * @compiled: whether its kernel was compiled for it just now; the others come with cuDNN
 *
 * How cuDNN will compute a graph on a device.
 */
typedef struct {
  VoxelCudnnDescriptors all;
  cudnnBackendDescriptor_t descriptor;
  gint64 engine;
  gsize workspace;
  gboolean tensor_cores;
  gboolean compiled;
} VoxelCudnnPlan;

VoxelCudnnPlan *voxel_cudnn_plan_new (const VoxelCudnnGraph *graph, const VoxelCudnnDevice *device,
                                      VoxelCudnnFloat floats, GError **error);
VoxelCudnnPlan *voxel_cudnn_plan_read (const VoxelCudnnLibrary *library, const VoxelCudnnDevice *device,
                                       const gchar *json, GError **error);
gchar *voxel_cudnn_plan_write (VoxelCudnnPlan *plan, GError **error);
void voxel_cudnn_plan_free (VoxelCudnnPlan *plan);

/* cudnn-find.c */
VoxelCudnnPlan *voxel_cudnn_plan_find (const VoxelCudnnGraph *graph, const VoxelCudnnDevice *device,
                                       VoxelCudnnFloat floats, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelCudnnPlan, voxel_cudnn_plan_free)

G_END_DECLS
