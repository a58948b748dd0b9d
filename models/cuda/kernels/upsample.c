/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/kernels/operand.h"

/* PyTorch's interpolate(): pixel i of s n lies at i / s where nearest; bilinear at (i + .5) / s - .5 =
 * (2 i - (s - 1)) / 2 s; with corners aligned at i (n - 1) / (s n - 1). */
static void
place (const VoxelUpsample *attributes, VoxelCudaUpsample *params, guint side, guint in, guint out)
{
  guint scale = attributes->scale[side];

  params->factor[side] = 1;
  params->divisor[side] = scale;
  params->shift[side] = 0;
  if (attributes->nearest)
    return;
  if (attributes->align_corners) {
    params->factor[side] = in - 1;
    params->divisor[side] = MAX (out - 1, 1);
    return;
  }
  params->factor[side] = 2;
  params->shift[side] = scale - 1;
  params->divisor[side] = 2 * scale;
}

/**
 * voxel_cuda_plan_upsample:
 * @node: an upsample
 * @work: to fill
 * @error: what its kernel does not take
 */
gboolean
voxel_cuda_plan_upsample (const VoxelNode *node, VoxelCudaWork *work, GError **error)
{
  const VoxelUpsample *attributes = node->attributes;
  VoxelCudaView src, dst;
  VoxelCudaCall *call;

  if (!voxel_cuda_view (node, node->inputs[0], &src, error) ||
      !voxel_cuda_view (node, node->outputs[0], &dst, error))
    return FALSE;
  if (dst.height > G_MAXUINT16 || dst.width > G_MAXUINT16)
    return voxel_node_unsupported (node, error, "%ux%u pixels are too many", dst.height, dst.width);
  call = voxel_cuda_call (work, VOXEL_CUDA_KERNEL_UPSAMPLE, voxel_cuda_form (node, &src, &dst));
  call->params.upsample.src = src;
  call->params.upsample.dst = dst;
  call->params.upsample.nearest = attributes->nearest;
  place (attributes, &call->params.upsample, 0, src.height, dst.height);
  place (attributes, &call->params.upsample, 1, src.width, dst.width);
  return voxel_cuda_each (
      node, call, (gsize) dst.height * dst.width * (dst.channels / VOXEL_CUDA_LANES (call->launch.type)),
      node->outputs[0]->shape.dim[0], error);
}
