/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/kernels/operand.h"

static VoxelCudaPool2d *
begin (const VoxelNode *node, VoxelCudaWork *work, GError **error)
{
  VoxelCudaView src, dst;
  VoxelCudaCall *call;

  if (!voxel_cuda_view (node, node->inputs[0], &src, error) ||
      !voxel_cuda_view (node, node->outputs[0], &dst, error))
    return NULL;
  call = voxel_cuda_call (work, VOXEL_CUDA_KERNEL_POOL2D, voxel_cuda_form (node, &src, &dst));
  if (!voxel_cuda_each (
          node, call, (gsize) dst.height * dst.width * (dst.channels / VOXEL_CUDA_LANES (call->launch.type)),
          node->outputs[0]->shape.dim[0], error))
    return NULL;
  call->params.pool2d.src = src;
  call->params.pool2d.dst = dst;
  return &call->params.pool2d;
}

static void
fill (VoxelCudaPool2d *params, const guint *window, const guint *stride, const guint *padding)
{
  for (guint i = 0; i < 2; i++) {
    params->window[i] = window[i];
    params->stride[i] = stride[i];
    params->before[i] = padding[i];
  }
}

/**
 * voxel_cuda_plan_max_pool2d:
 * @node: a max_pool2d without a copy of what it reads
 * @work: to fill
 * @error: what its kernel does not take
 */
gboolean
voxel_cuda_plan_max_pool2d (const VoxelNode *node, VoxelCudaWork *work, GError **error)
{
  const VoxelMaxPool2d *pool = node->attributes;
  VoxelCudaPool2d *params;

  if (pool->copy)
    return voxel_node_unsupported (node, error, "the kernel does not copy what it reads");
  params = begin (node, work, error);
  if (!params)
    return FALSE;
  fill (params, pool->kernel, pool->stride, pool->padding);
  params->largest = TRUE;
  return TRUE;
}

/**
 * voxel_cuda_plan_avg_pool2d:
 * @node: an avg_pool2d
 * @work: to fill
 * @error: what its kernel does not take
 */
gboolean
voxel_cuda_plan_avg_pool2d (const VoxelNode *node, VoxelCudaWork *work, GError **error)
{
  const VoxelAvgPool2d *pool = node->attributes;
  VoxelCudaPool2d *params = begin (node, work, error);

  if (!params)
    return FALSE;
  fill (params, pool->kernel, pool->stride, pool->padding);
  params->divisor = pool->count_padding ? pool->kernel[0] * pool->kernel[1] : 0;
  return TRUE;
}
