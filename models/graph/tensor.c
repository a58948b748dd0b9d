/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/tensor.h"

#include "models/files/tensor-dtype.h"

/**
 * voxel_layout_block:
 * @layout: a layout
 *
 * Returns: channels a block, 1 where channels are not blocked
 */
guint
voxel_layout_block (VoxelLayout layout)
{
  if (layout == VOXEL_LAYOUT_NCHW8C)
    return 8;
  if (layout == VOXEL_LAYOUT_NCHW16C)
    return 16;
  return 1;
}

const gchar *
voxel_layout_to_name (VoxelLayout layout)
{
  static const gchar *const names[] = {"nchw", "nhwc", "nchw8c", "nchw16c"};

  return names[layout];
}

static guint
padded_channels (const VoxelTensor *tensor)
{
  guint block = voxel_layout_block (tensor->layout);

  return (tensor->shape.dim[1] + block - 1) / block * block;
}

/**
 * voxel_tensor_size:
 * @tensor: a tensor
 * @bytes: (out): what it takes in memory, rounded-up channels of blocked layouts included
 *
 * Returns: %FALSE where that does not fit
 */
gboolean
voxel_tensor_size (const VoxelTensor *tensor, gsize *bytes)
{
  VoxelShape shape = tensor->shape;

  if (voxel_layout_block (tensor->layout) > 1)
    shape.dim[1] = padded_channels (tensor);
  return voxel_shape_elements (&shape, bytes) &&
         g_size_checked_mul (bytes, *bytes, voxel_dtype_size (tensor->type));
}

/**
 * voxel_tensor_root:
 * @tensor: a tensor
 *
 * Returns: the tensor that owns the memory
 */
const VoxelTensor *
voxel_tensor_root (const VoxelTensor *tensor)
{
  return tensor->joint ? tensor->joint : tensor;
}

/**
 * voxel_tensor_joint_offset:
 * @tensor: a tensor
 *
 * Returns: bytes from the root's beginning to this tensor's first element (of picture 0)
 */
gsize
voxel_tensor_joint_offset (const VoxelTensor *tensor)
{
  const VoxelShape *shape = &tensor->shape;
  gsize plane;

  if (!tensor->joint || tensor->joint_channel == 0)
    return 0;
  plane = tensor->layout == VOXEL_LAYOUT_NHWC ? 1 : (gsize) shape->dim[2] * shape->dim[3];
  return plane * tensor->joint_channel * voxel_dtype_size (tensor->type);
}

/**
 * voxel_tensor_pitch:
 * @tensor: a picture tensor
 *
 * Returns: elements from a pixel to its right neighbour, same channel
 */
gsize
voxel_tensor_pitch (const VoxelTensor *tensor)
{
  if (tensor->layout == VOXEL_LAYOUT_NHWC)
    return voxel_tensor_root (tensor)->shape.dim[1];
  return voxel_layout_block (tensor->layout);
}

/**
 * voxel_tensor_order_nhwc:
 * @tensor: a tensor, NHWC if it is a picture
 * @shape: (out): its dimensions from the outermost in memory to the innermost
 * @dimension: (inout): one of its shape; which of @shape that is
 *
 * A picture is [N, H, W, C] in memory, everything else in the order of its shape.
 */
void
voxel_tensor_order_nhwc (const VoxelTensor *tensor, VoxelShape *shape, guint *dimension)
{
  static const guint order[4] = {0, 2, 3, 1}, place[4] = {0, 3, 1, 2};

  *shape = tensor->shape;
  if (shape->n != 4)
    return;
  for (guint i = 0; i < 4; i++)
    shape->dim[i] = tensor->shape.dim[order[i]];
  *dimension = place[*dimension];
}
