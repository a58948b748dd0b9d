/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/backend.h"

#include "models/cuda/cudnn-split.h"
#include "models/cuda/kernels/work.h"
#include "models/graph/passes.h"

/* No engine of cuDNN's leaves floats whole there. */
static void
keep_floats_whole (VoxelGraph *graph)
{
  for (guint n = 0; n < graph->nodes->len; n++) {
    VoxelNode *node = graph->nodes->pdata[n];

    if (node->op == &voxel_op_attention)
      node->op = &voxel_cuda_op_attention;
  }
}

/* All pictures become NHWC, which tensor cores read without turning them first; what cuDNN does not fuse is taken out of
 * convolutions again. */
gboolean
voxel_cuda_lower (VoxelGraph *graph, const VoxelTarget *target, GError **error)
{
  if (target->precision == VOXEL_PRECISION_FP32)
    keep_floats_whole (graph);
  return voxel_pass_turn_input (graph, error) && voxel_pass_turn_output (graph, error) &&
         voxel_pass_split_batch_norm (graph, error) && voxel_pass_turn_pictures (graph, error) &&
         voxel_cudnn_split (graph, error);
}
