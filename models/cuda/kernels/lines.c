/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/kernels/operand.h"

static VoxelCudaLineStrides
strides_of (const VoxelCudaLines *lines, const VoxelCudaView *view)
{
  gsize step = lines->inner ? lines->middle * view->pitch : 1;

  return (VoxelCudaLineStrides){view->type, lines->inner ? lines->length * step : view->pitch, step,
                                view->pitch};
}

/* Lines along the innermost dimension are a block's, half of whose shared memory is for each of two reductions. */
static gboolean
set_grid (const VoxelNode *node, VoxelCudaCall *call, GError **error)
{
  const VoxelCudaLines *lines = &call->params.lines;
  guint lanes = VOXEL_CUDA_LANES (call->launch.type);

  if (lines->inner)
    return voxel_cuda_each (node, call, (gsize) lines->outer * lines->middle * (lines->inner / lanes), 1,
                            error);
  call->launch.threads = voxel_cuda_threads (lines->length / lanes);
  call->launch.shared = 2 * call->launch.threads * sizeof (float);
  call->launch.blocks[0] = CLAMP (lines->outer, 1, G_MAXINT32);
  return TRUE;
}

static gboolean
plan_lines (const VoxelNode *node, VoxelCudaWork *work, VoxelCudaKernel kernel, guint dimension,
            gdouble epsilon, GError **error)
{
  VoxelCudaView src, dst;
  VoxelCudaLines *lines;
  VoxelCudaCall *call;
  VoxelShape shape;

  if (!voxel_cuda_view (node, node->inputs[0], &src, error) ||
      !voxel_cuda_view (node, node->outputs[0], &dst, error))
    return FALSE;
  call = voxel_cuda_call (work, kernel, voxel_cuda_form (node, &src, &dst));
  lines = &call->params.lines;
  voxel_tensor_order_nhwc (node->outputs[0], &shape, &dimension);
  *lines = (VoxelCudaLines){.outer = 1, .length = shape.dim[dimension], .middle = 1, .epsilon = epsilon};
  for (guint i = 0; i < dimension; i++)
    lines->outer *= shape.dim[i];
  for (guint i = dimension + 1; i + 1 < shape.n; i++)
    lines->middle *= shape.dim[i];
  if (dimension + 1 < shape.n)
    lines->inner = shape.dim[shape.n - 1];
  lines->src = strides_of (lines, &src);
  lines->dst = strides_of (lines, &dst);
  return set_grid (node, call, error);
}

/**
 * voxel_cuda_plan_softmax:
 * @node: a softmax
 * @work: to fill
 * @error: what its kernel does not take
 */
gboolean
voxel_cuda_plan_softmax (const VoxelNode *node, VoxelCudaWork *work, GError **error)
{
  const VoxelSoftmax *attributes = node->attributes;

  return plan_lines (node, work, VOXEL_CUDA_KERNEL_SOFTMAX, attributes->axis, 0, error);
}

/**
 * voxel_cuda_plan_layer_norm:
 * @node: a layer norm
 * @work: to fill
 * @error: what its kernel does not take
 */
gboolean
voxel_cuda_plan_layer_norm (const VoxelNode *node, VoxelCudaWork *work, GError **error)
{
  const VoxelLayerNorm *attributes = node->attributes;

  if (!plan_lines (node, work, VOXEL_CUDA_KERNEL_LAYER_NORM, attributes->axis, attributes->epsilon, error))
    return FALSE;
  for (guint i = VOXEL_NORM_WEIGHT; i <= VOXEL_NORM_BIAS; i++)
    work->calls[0].inputs[i] = node->inputs[i] ? i : VOXEL_CUDA_NO_INPUT;
  return TRUE;
}
