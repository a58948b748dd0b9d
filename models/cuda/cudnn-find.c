/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cudnn-plan.h"

/**
 * voxel_cudnn_plan_find:
 * @graph: what to compute
 * @device: where
 * @floats: how floats are multiplied
 * @error: as voxel_cudnn_plan_new()'s
 *
 * Returns: (transfer full) (nullable): a plan
 */
VoxelCudnnPlan *
voxel_cudnn_plan_find (const VoxelCudnnGraph *graph, const VoxelCudnnDevice *device, VoxelCudnnFloat floats,
                       GError **error)
{
  return voxel_cudnn_plan_new (graph, device, floats, error);
}
