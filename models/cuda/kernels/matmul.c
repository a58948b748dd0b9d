/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/kernels/operand.h"

/* Operands and the result, constants being floats. */
static gboolean
types_of (const VoxelNode *node, VoxelCudaType *types, GError **error)
{
  const VoxelTensor *const tensors[] = {node->inputs[0], node->inputs[1], node->outputs[0]};

  for (guint i = 0; i < G_N_ELEMENTS (tensors); i++)
    if (!voxel_cuda_type (node, tensors[i], &types[i], error) ||
        (!tensors[i]->constant && !voxel_cuda_by_shape (node, tensors[i], error)))
      return FALSE;
  return TRUE;
}

static gboolean
add_call (const VoxelNode *node, VoxelCudaWork *work, const VoxelCudaMatmul *params, guint n, GError **error)
{
  VoxelCudaCall *call = voxel_cuda_call (work, VOXEL_CUDA_KERNEL_MATMUL, VOXEL_CUDA_ANY);

  call->inputs[1] = 1;
  call->params.matmul = *params;
  return voxel_cuda_each (node, call, (gsize) params->rows * params->columns, n, error);
}

/**
 * voxel_cuda_plan_matmul:
 * @node: a product of matrices
 * @work: to fill
 * @error: what its kernel does not take
 */
gboolean
voxel_cuda_plan_matmul (const VoxelNode *node, VoxelCudaWork *work, GError **error)
{
  const VoxelMatmul *attributes = node->attributes;
  const VoxelShape *a = &node->inputs[0]->shape, *c = &node->outputs[0]->shape;
  VoxelCudaMatmul params = {.rows = c->dim[c->n - 2], .columns = c->dim[c->n - 1], .depth = a->dim[a->n - 1]};
  guint n = 1;

  if (!types_of (node, params.type, error))
    return FALSE;
  for (guint d = 0; d + 2 < c->n; d++)
    n *= c->dim[d];
  params.depth_stride = attributes->transpose ? 1 : params.columns;
  params.column_stride = attributes->transpose ? params.depth : 1;
  params.scale = (gfloat) attributes->scale;
  return add_call (node, work, &params, n, error);
}

/**
 * voxel_cuda_plan_linear:
 * @node: a linear: all rows are one matrix
 * @work: to fill
 * @error: what its kernel does not take
 */
gboolean
voxel_cuda_plan_linear (const VoxelNode *node, VoxelCudaWork *work, GError **error)
{
  const VoxelShape *w = &node->inputs[1]->shape;
  VoxelCudaMatmul params = {.columns = w->dim[0], .depth = w->dim[1], .depth_stride = 1, .scale = 1};
  gsize elements = 0;

  if (!types_of (node, params.type, error))
    return FALSE;
  voxel_shape_elements (&node->outputs[0]->shape, &elements);
  params.rows = (guint) (elements / params.columns);
  params.column_stride = params.depth;
  if (!add_call (node, work, &params, 1, error))
    return FALSE;
  work->calls[0].inputs[2] = node->inputs[2] ? 2 : VOXEL_CUDA_NO_INPUT;
  return TRUE;
}
