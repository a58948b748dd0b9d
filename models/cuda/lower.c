/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/backend.h"

#include "models/cuda/cudnn-split.h"
#include "models/graph/passes.h"

/* All pictures become NHWC, which tensor cores read without turning them first; what cuDNN does not fuse is taken out of
 * convolutions again. */
gboolean
voxel_cuda_lower (VoxelGraph *graph, const VoxelTarget *target, GError **error)
{
  return voxel_pass_turn_input (graph, error) && voxel_pass_turn_output (graph, error) &&
         voxel_pass_split_batch_norm (graph, error) && voxel_pass_turn_pictures (graph, error) &&
         voxel_cudnn_split (graph, error);
}
