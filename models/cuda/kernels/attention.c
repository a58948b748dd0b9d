/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/cuda/kernels/operand.h"

/* Of shared memory that any block may have. */
#define MOST_SHARED (48 << 10)
/* What the kernel keeps besides scores, query and sums. */
#define STATE 3

/**
 * voxel_cuda_plan_attention:
 * @node: an attention
 * @work: to fill
 * @error: what its kernel does not take
 *
 * For where cuDNN's is not exact enough; it is slower.
 */
gboolean
voxel_cuda_plan_attention (const VoxelNode *node, VoxelCudaWork *work, GError **error)
{
  const VoxelAttention *attributes = node->attributes;
  VoxelCudaCall *call = voxel_cuda_call (work, VOXEL_CUDA_KERNEL_ATTENTION, VOXEL_CUDA_ANY);
  VoxelCudaAttention *a = &call->params.attention;

  *a = (VoxelCudaAttention){.heads = attributes->heads};
  if (!voxel_cuda_view (node, node->inputs[VOXEL_ATTENTION_QUERY], &a->query, error) ||
      !voxel_cuda_view (node, node->inputs[VOXEL_ATTENTION_KEY_VALUE], &a->key_value, error) ||
      !voxel_cuda_view (node, node->outputs[0], &a->dst, error))
    return FALSE;
  a->channels = a->query.channels / a->heads;
  a->queries = a->query.height * a->query.width;
  a->keys = a->key_value.height * a->key_value.width;
  a->scale = 1 / sqrtf ((gfloat) a->channels);
  call->inputs[0] = VOXEL_ATTENTION_QUERY;
  call->inputs[1] = VOXEL_ATTENTION_KEY_VALUE;
  call->launch.threads = voxel_cuda_threads (a->keys);
  call->launch.shared = (2 * call->launch.threads + 2 * a->channels + STATE) * sizeof (float);
  if (call->launch.shared > MOST_SHARED)
    return voxel_node_unsupported (node, error, "heads of %u channels are too large for the kernel",
                                   a->channels);
  return voxel_cuda_each (node, call, (gsize) a->queries * a->heads, node->outputs[0]->shape.dim[0], error);
}
