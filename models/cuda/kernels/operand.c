/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/kernels/operand.h"

/* Blocks that keep any device busy; threads take several turns where there is more to do. */
#define MOST_BLOCKS 16384
/* Of a grid's second dimension, by CUDA. */
#define MOST_PICTURES 65535

gboolean
voxel_cuda_type (const VoxelNode *node, const VoxelTensor *tensor, VoxelCudaType *type, GError **error)
{
  switch (tensor->type) {
  case VOXEL_DTYPE_F32:
    *type = VOXEL_CUDA_F32;
    return TRUE;
  case VOXEL_DTYPE_F16:
    *type = VOXEL_CUDA_F16;
    return TRUE;
  case VOXEL_DTYPE_BF16:
    *type = VOXEL_CUDA_BF16;
    return TRUE;
  default:
    return voxel_node_unsupported (node, error, "%s is neither float, half nor bf16", tensor->name);
  }
}

/* That elements lie in the order of the shape: of operators that know no pictures. */
gboolean
voxel_cuda_by_shape (const VoxelNode *node, const VoxelTensor *tensor, GError **error)
{
  if (tensor->shape.n == 4 && tensor->layout != VOXEL_LAYOUT_NCHW &&
      (tensor->layout != VOXEL_LAYOUT_NHWC || voxel_tensor_pitch (tensor) != 1))
    return voxel_node_unsupported (node, error, "%s is in layout %s", tensor->name,
                                   voxel_layout_to_name (tensor->layout));
  return TRUE;
}

/**
 * voxel_cuda_view:
 * @node: for the message
 * @tensor: an operand of @node
 * @view: (out): where its elements lie
 * @error: which operand is in a form that no kernel takes
 *
 * Pictures are NHWC; with one channel NCHW is the same. Of all else the last dimension counts as channels, the others
 * as rows one pixel wide.
 */
gboolean
voxel_cuda_view (const VoxelNode *node, const VoxelTensor *tensor, VoxelCudaView *view, GError **error)
{
  const VoxelShape *shape = &tensor->shape;
  gsize elements = 0;

  if (!voxel_cuda_type (node, tensor, &view->type, error))
    return FALSE;
  if (shape->n == 4) {
    if (tensor->layout != VOXEL_LAYOUT_NHWC && (tensor->layout != VOXEL_LAYOUT_NCHW || shape->dim[1] != 1))
      return voxel_node_unsupported (node, error, "%s is in layout %s", tensor->name,
                                     voxel_layout_to_name (tensor->layout));
    view->height = shape->dim[2];
    view->width = shape->dim[3];
    view->channels = shape->dim[1];
    view->pitch = voxel_tensor_pitch (tensor);
    return TRUE;
  }
  voxel_shape_elements (shape, &elements);
  view->width = 1;
  view->channels = shape->n ? shape->dim[shape->n - 1] : 1;
  view->height = view->channels ? elements / view->channels : 0;
  view->pitch = view->channels;
  return TRUE;
}

static gboolean
divides (guint lanes, const VoxelTensor *tensor, const VoxelCudaView *view)
{
  return view->channels % lanes == 0 && view->pitch % lanes == 0 && tensor->joint_channel % lanes == 0;
}

/**
 * voxel_cuda_form:
 * @node: of one picture, and a result
 * @src: of the picture
 * @dst: of the result
 *
 * Returns: the type whose vectors both consist of, %VOXEL_CUDA_ANY where one of them does not
 */
VoxelCudaType
voxel_cuda_form (const VoxelNode *node, const VoxelCudaView *src, const VoxelCudaView *dst)
{
  guint lanes = VOXEL_CUDA_LANES (src->type);

  if (src->type != dst->type || !divides (lanes, node->inputs[0], src) ||
      !divides (lanes, node->outputs[0], dst))
    return VOXEL_CUDA_ANY;
  return src->type;
}

/* Of a block whose threads share a line: whole warps, and a power of 2. */
guint
voxel_cuda_threads (guint wanted)
{
  guint threads = 32;

  while (threads < wanted && threads < VOXEL_CUDA_THREADS)
    threads *= 2;
  return threads;
}

/* One more launch, of a single block without operands. */
VoxelCudaCall *
voxel_cuda_call (VoxelCudaWork *work, VoxelCudaKernel kernel, VoxelCudaType form)
{
  VoxelCudaCall *call = &work->calls[work->n_calls++];

  call->kernel = kernel;
  call->launch = (VoxelCudaLaunch){{1, 1}, VOXEL_CUDA_THREADS, 0, form, FALSE};
  call->inputs[0] = 0;
  call->inputs[1] = call->inputs[2] = VOXEL_CUDA_NO_INPUT;
  return call;
}

/**
 * voxel_cuda_grid:
 * @elements: that threads take
 * @second: the grid's second dimension
 *
 * Returns: a launch of the form %VOXEL_CUDA_ANY
 */
VoxelCudaLaunch
voxel_cuda_grid (gsize elements, guint second)
{
  gsize blocks = (elements + VOXEL_CUDA_THREADS - 1) / VOXEL_CUDA_THREADS;

  return (VoxelCudaLaunch){.blocks = {(guint) CLAMP (blocks, 1, MOST_BLOCKS), MAX (second, 1)},
                           .threads = VOXEL_CUDA_THREADS};
}

/**
 * voxel_cuda_each:
 * @node: for the message
 * @call: whose grid is set
 * @elements: that threads take, of each picture
 * @pictures: how many
 * @error: that indices of 32 bits do not suffice
 */
gboolean
voxel_cuda_each (const VoxelNode *node, VoxelCudaCall *call, gsize elements, guint pictures, GError **error)
{
  VoxelCudaLaunch grid = voxel_cuda_grid (elements, pictures);

  if (elements > G_MAXINT32 || pictures > MOST_PICTURES)
    return voxel_node_unsupported (node, error, "%u pictures of %" G_GSIZE_FORMAT " vectors are too many",
                                   pictures, elements);
  call->launch.blocks[0] = grid.blocks[0];
  call->launch.blocks[1] = grid.blocks[1];
  return TRUE;
}
