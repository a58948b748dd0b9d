/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/kernels/operand.h"

G_STATIC_ASSERT ((guint) VOXEL_CUDA_PAD_ZERO == VOXEL_PAD_ZERO);
G_STATIC_ASSERT ((guint) VOXEL_CUDA_PAD_REFLECT == VOXEL_PAD_REFLECT);
G_STATIC_ASSERT ((guint) VOXEL_CUDA_PAD_REPLICATE == VOXEL_PAD_REPLICATE);

/**
 * voxel_cuda_plan_pad:
 * @node: a pad
 * @work: to fill
 * @error: what its kernel does not take
 */
gboolean
voxel_cuda_plan_pad (const VoxelNode *node, VoxelCudaWork *work, GError **error)
{
  const VoxelPad *attributes = node->attributes;
  VoxelCudaView src, dst;
  VoxelCudaCall *call;

  if (!voxel_cuda_view (node, node->inputs[0], &src, error) ||
      !voxel_cuda_view (node, node->outputs[0], &dst, error))
    return FALSE;
  call = voxel_cuda_call (work, VOXEL_CUDA_KERNEL_PAD, voxel_cuda_form (node, &src, &dst));
  call->params.pad = (VoxelCudaPad){
      src, dst, {attributes->before[0], attributes->before[1]}, (VoxelCudaPadMode) attributes->mode};
  return voxel_cuda_each (
      node, call, (gsize) dst.height * dst.width * (dst.channels / VOXEL_CUDA_LANES (call->launch.type)),
      node->outputs[0]->shape.dim[0], error);
}
