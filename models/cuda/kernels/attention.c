/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/cuda/kernels/operand.h"

/* Vectors must not reach from one head into the next. */
static VoxelCudaType
form_of (const VoxelNode *node, const VoxelCudaAttention *params)
{
  VoxelCudaType form = voxel_cuda_form (node, &params->query, &params->dst);
  guint lanes = VOXEL_CUDA_LANES (form);
  const VoxelTensor *key_value = node->inputs[VOXEL_ATTENTION_KEY_VALUE];

  if (params->key_value.type != params->query.type || params->depth % lanes ||
      params->key_value.pitch % lanes || key_value->joint_channel % lanes)
    return VOXEL_CUDA_ANY;
  return form;
}

/**
 * voxel_cuda_plan_attention:
 * @node: an attention
 * @work: to fill
 * @error: what its kernel does not take
 */
gboolean
voxel_cuda_plan_attention (const VoxelNode *node, VoxelCudaWork *work, GError **error)
{
  const VoxelAttention *attributes = node->attributes;
  VoxelCudaAttention params = {.heads = attributes->heads};
  VoxelCudaCall *call;

  if (!voxel_cuda_view (node, node->inputs[VOXEL_ATTENTION_QUERY], &params.query, error) ||
      !voxel_cuda_view (node, node->inputs[VOXEL_ATTENTION_KEY_VALUE], &params.key_value, error) ||
      !voxel_cuda_view (node, node->outputs[0], &params.dst, error))
    return FALSE;
  params.depth = params.query.channels / params.heads;
  params.scale = 1 / sqrtf ((gfloat) params.depth);
  if (params.depth > VOXEL_CUDA_MAX_DEPTH)
    return voxel_node_unsupported (node, error, "heads of %u channels are larger than %d", params.depth,
                                   VOXEL_CUDA_MAX_DEPTH);
  call = voxel_cuda_call (work, VOXEL_CUDA_KERNEL_ATTENTION, form_of (node, &params));
  call->inputs[1] = VOXEL_ATTENTION_KEY_VALUE;
  call->params.attention = params;
  return voxel_cuda_each (node, call, (gsize) params.query.height * params.query.width * params.heads,
                          node->outputs[0]->shape.dim[0], error);
}
