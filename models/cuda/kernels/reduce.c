/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/kernels/operand.h"

/* Pixels that are worth a block, and blocks a picture that keep a device busy. What they are is part of the result: of
 * the order of its sums. */
#define PART 512
#define MOST_PARTS 64

/* The first kernel of both: sums over parts. */
static VoxelCudaCall *
plan_parts (const VoxelNode *node, VoxelCudaWork *work, VoxelCudaKernel kernel, GError **error)
{
  VoxelCudaView src, dst;
  VoxelCudaCall *call;
  gsize pixels, chunk;

  if (!voxel_cuda_view (node, node->inputs[0], &src, error) ||
      !voxel_cuda_view (node, node->outputs[0], &dst, error))
    return NULL;
  pixels = (gsize) src.height * src.width;
  call = voxel_cuda_call (work, kernel, voxel_cuda_form (node, &src, &dst));
  call->params.reduce = (VoxelCudaReduce){
      src, dst, node->inputs[0]->shape.dim[0], (guint) CLAMP (pixels / PART, 1, MOST_PARTS), 1, 0};
  if (!voxel_cuda_each (node, call, pixels, call->params.reduce.pictures, error))
    return NULL;
  chunk = VOXEL_CUDA_COLUMNS * VOXEL_CUDA_LANES (call->launch.type);
  call->launch.blocks[0] = call->params.reduce.parts * (guint) ((src.channels + chunk - 1) / chunk);
  call->launch.shared = call->launch.threads * VOXEL_CUDA_LANES (call->launch.type) * sizeof (float);
  work->scratch = (gsize) call->params.reduce.pictures * call->params.reduce.parts * src.channels;
  work->scratch *= sizeof (float);
  return call;
}

/**
 * voxel_cuda_plan_global_avg_pool2d:
 * @node: a global average pooling
 * @work: to fill
 * @error: what its kernels do not take
 */
gboolean
voxel_cuda_plan_global_avg_pool2d (const VoxelNode *node, VoxelCudaWork *work, GError **error)
{
  VoxelCudaCall *call = plan_parts (node, work, VOXEL_CUDA_KERNEL_GLOBAL_AVG_POOL2D, error), *finish;
  const VoxelCudaReduce *params;

  if (!call)
    return FALSE;
  params = &call->params.reduce;
  finish = voxel_cuda_call (work, VOXEL_CUDA_KERNEL_GLOBAL_AVG_POOL2D_FINISH, VOXEL_CUDA_ANY);
  finish->params.reduce = *params;
  return voxel_cuda_each (node, finish, (gsize) params->pictures * params->src.channels, 1, error);
}

static void
take_vectors (const VoxelNode *node, VoxelCudaCall *call)
{
  for (guint i = VOXEL_NORM_WEIGHT; i <= VOXEL_NORM_BIAS; i++)
    call->inputs[i] = node->inputs[i] ? i : VOXEL_CUDA_NO_INPUT;
}

/**
 * voxel_cuda_plan_group_norm:
 * @node: a group norm
 * @work: to fill
 * @error: what its kernels do not take
 */
gboolean
voxel_cuda_plan_group_norm (const VoxelNode *node, VoxelCudaWork *work, GError **error)
{
  const VoxelGroupNorm *attributes = node->attributes;
  VoxelCudaCall *call = plan_parts (node, work, VOXEL_CUDA_KERNEL_GROUP_NORM, error), *next;
  VoxelCudaReduce *params;
  guint lanes;

  if (!call)
    return FALSE;
  params = &call->params.reduce;
  params->groups = attributes->groups;
  params->epsilon = attributes->epsilon;
  lanes = VOXEL_CUDA_LANES (call->launch.type);
  call->launch.shared += VOXEL_CUDA_COLUMNS * lanes * sizeof (float);
  work->scratch = 2 * (work->scratch + (gsize) params->pictures * params->src.channels * sizeof (float));

  next = voxel_cuda_call (work, VOXEL_CUDA_KERNEL_GROUP_NORM_FINISH, VOXEL_CUDA_ANY);
  next->params.reduce = *params;
  next->launch.threads = voxel_cuda_threads (params->src.channels / params->groups * params->parts);
  next->launch.shared = 2 * next->launch.threads * sizeof (float);
  next->launch.blocks[0] = params->groups;
  next->launch.blocks[1] = params->pictures;
  take_vectors (node, next);

  next = voxel_cuda_call (work, VOXEL_CUDA_KERNEL_GROUP_NORM_SCALE, call->launch.type);
  next->params.reduce = *params;
  return voxel_cuda_each (node, next,
                          (gsize) params->src.height * params->src.width * (params->src.channels / lanes),
                          params->pictures, error);
}
