/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/kernels/pointwise.h"

static gboolean
lies_there (const VoxelTensor *input, const VoxelTensor *output, guint channel)
{
  return voxel_tensor_root (input) == voxel_tensor_root (output) &&
         input->joint_channel == output->joint_channel + channel;
}

/**
 * voxel_cuda_plan_concat:
 * @node: a concat
 * @work: to fill: a copy for each input that does not lie in the result already
 * @error: which operand is in a form that is not taken
 */
gboolean
voxel_cuda_plan_concat (const VoxelNode *node, VoxelCudaWork *work, GError **error)
{
  const VoxelTensor *output = node->outputs[0];
  guint channel = 0;

  for (guint i = 0; i < node->n_inputs; i++) {
    guint channels = node->inputs[i]->shape.dim[1];
    VoxelCudaLie from, to;
    VoxelCudaCall *call;

    if (!lies_there (node->inputs[i], output, channel)) {
      if (!voxel_cuda_lie (node, node->inputs[i], &from, error) || !voxel_cuda_lie (node, output, &to, error))
        return FALSE;
      to.dim[VOXEL_CUDA_DIMS - 1] = channels;
      to.offset += channel * to.stride[VOXEL_CUDA_DIMS - 1];
      if (!voxel_cuda_map (node, work, &from, 1, &to, &call, error))
        return FALSE;
      call->inputs[0] = i;
      call->offset = channel * to.stride[VOXEL_CUDA_DIMS - 1] * (to.type == VOXEL_CUDA_F32 ? 4 : 2);
    }
    channel += channels;
  }
  return TRUE;
}
