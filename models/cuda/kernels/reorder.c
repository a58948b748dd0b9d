/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/kernels/pointwise.h"

/* Operators of tensors that are no pictures: both sides lie in the order of their shapes. */

static gboolean
begin (const VoxelNode *node, VoxelCudaLie *from, VoxelCudaLie *to, GError **error)
{
  *from = *to = (VoxelCudaLie){.offset = 0};
  for (guint d = 0; d < VOXEL_CUDA_DIMS; d++)
    from->dim[d] = to->dim[d] = 1;
  return voxel_cuda_by_shape (node, node->inputs[0], error) &&
         voxel_cuda_by_shape (node, node->outputs[0], error) &&
         voxel_cuda_type (node, node->inputs[0], &from->type, error) &&
         voxel_cuda_type (node, node->outputs[0], &to->type, error);
}

/**
 * voxel_cuda_plan_reshape:
 * @node: a reshape
 * @work: to fill: all is copied as it lies
 * @error: what its kernel does not take
 */
gboolean
voxel_cuda_plan_reshape (const VoxelNode *node, VoxelCudaWork *work, GError **error)
{
  const guint last = VOXEL_CUDA_DIMS - 1;
  VoxelCudaLie from, to;
  VoxelCudaCall *call;
  gsize elements = 0;

  if (!begin (node, &from, &to, error))
    return FALSE;
  voxel_shape_elements (&node->outputs[0]->shape, &elements);
  if (elements > G_MAXINT32)
    return voxel_node_unsupported (node, error, "%" G_GSIZE_FORMAT " elements are too many", elements);
  from.dim[last] = to.dim[last] = (guint) elements;
  from.stride[last] = to.stride[last] = 1;
  return voxel_cuda_map (node, work, &from, 1, &to, &call, error);
}

/**
 * voxel_cuda_plan_transpose:
 * @node: a transpose
 * @work: to fill: a copy in the order of the result
 * @error: what its kernel does not take
 */
gboolean
voxel_cuda_plan_transpose (const VoxelNode *node, VoxelCudaWork *work, GError **error)
{
  const VoxelTranspose *attributes = node->attributes;
  const VoxelShape *in = &node->inputs[0]->shape, *out = &node->outputs[0]->shape;
  const guint first = VOXEL_CUDA_DIMS - out->n;
  VoxelCudaLie from, to;
  VoxelCudaCall *call;

  if (!begin (node, &from, &to, error))
    return FALSE;
  for (guint d = 0; d < out->n; d++) {
    from.dim[first + d] = to.dim[first + d] = out->dim[d];
    from.stride[first + d] = to.stride[first + d] = 1;
    for (guint i = attributes->order[d] + 1; i < in->n; i++)
      from.stride[first + d] *= in->dim[i];
    for (guint i = d + 1; i < out->n; i++)
      to.stride[first + d] *= out->dim[i];
  }
  return voxel_cuda_map (node, work, &from, 1, &to, &call, error);
}
