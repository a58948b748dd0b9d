/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cuda/cudnn-device.h"
#include "models/cuda/cudnn-graph.h"
#include "models/plan.h"

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
 * @compiled: whether its kernel is compiled for it; the others come with cuDNN
 * @repeatable: whether every run gives the same results
 * @rounds_inputs: whether it makes halves of floats
 * @key: (nullable): what it is shared by
 * @users: how many hold it
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
  gboolean repeatable;
  gboolean rounds_inputs;
  gchar *key;
  guint users;
} VoxelCudnnPlan;

VoxelCudnnPlan *voxel_cudnn_plan_read (const VoxelCudnnLibrary *library, const VoxelCudnnDevice *device,
                                       const gchar *json, GError **error);
gchar *voxel_cudnn_plan_write (VoxelCudnnPlan *plan, GError **error);
gchar *voxel_cudnn_plan_implementation (const VoxelCudnnPlan *plan);
void voxel_cudnn_plan_free (VoxelCudnnPlan *plan);

/* For those who make plans. */
typedef VoxelCudnnPlan *(*VoxelCudnnPlanFunc) (gpointer data, GError **error);
VoxelCudnnPlan *voxel_cudnn_plan_share (const gchar *key, VoxelCudnnPlanFunc make, gpointer data,
                                        GError **error);
VoxelCudnnPlan *voxel_cudnn_plan_begin (const VoxelCudnnLibrary *library);
gboolean voxel_cudnn_plan_look_at (VoxelCudnnPlan *plan, cudnnBackendDescriptor_t candidate, GError **error);
gboolean voxel_cudnn_plan_finish (VoxelCudnnPlan *plan, const VoxelCudnnDevice *device, GError **error);

/* cudnn-choose.c */
VoxelCudnnFloat voxel_cudnn_float (VoxelPrecision precision);
VoxelCudnnPlan *voxel_cudnn_plan_new (const VoxelCudnnGraph *graph, const VoxelCudnnDevice *device,
                                      VoxelCudnnFloat floats, GError **error);

/* cudnn-find.c */
VoxelCudnnPlan *voxel_cudnn_plan_find (const VoxelCudnnGraph *graph, const VoxelCudnnDevice *device,
                                       VoxelCudnnFloat floats, GError **error);
gchar *voxel_cudnn_plan_key (const VoxelCudnnGraph *graph, const VoxelCudnnDevice *device,
                             VoxelCudnnFloat floats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelCudnnPlan, voxel_cudnn_plan_free)

G_END_DECLS
