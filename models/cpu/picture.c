/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/picture.h"

#include "models/cpu/isa.h"

static gboolean
takes_type (const VoxelNode *node, const VoxelTensor *tensor, GError **error)
{
  if (tensor->type == VOXEL_DTYPE_F32 || tensor->type == VOXEL_DTYPE_BF16)
    return TRUE;
  return voxel_node_unsupported (node, error, "%s is neither float nor bf16", tensor->name);
}

/**
 * voxel_cpu_rows:
 * @node: for the message
 * @tensor: an operand of @node, in the order of its shape
 * @view: (out): where its elements lie
 * @error: that it is in another order or of a type that none of these kernels takes
 *
 * The last dimension counts as channels, all others as rows of one picture.
 */
gboolean
voxel_cpu_rows (const VoxelNode *node, const VoxelTensor *tensor, VoxelCpuView *view, GError **error)
{
  const VoxelShape *shape = &tensor->shape;
  gsize elements = 0;

  if (!takes_type (node, tensor, error))
    return FALSE;
  if (shape->n == 4 && shape->dim[1] > 1 && tensor->layout != VOXEL_LAYOUT_NCHW)
    return voxel_node_unsupported (node, error, "%s is in layout %s", tensor->name,
                                   voxel_layout_to_name (tensor->layout));
  voxel_shape_elements (shape, &elements);
  view->width = 1;
  view->channels = shape->n ? shape->dim[shape->n - 1] : 1;
  view->height = view->channels ? elements / view->channels : 0;
  view->pitch = view->channels;
  view->bf16 = tensor->type == VOXEL_DTYPE_BF16;
  return TRUE;
}

/**
 * voxel_cpu_view:
 * @node: for the message
 * @tensor: an operand of @node
 * @view: (out): where its elements lie
 * @error: which operand is in a form that none of these kernels takes
 *
 * Pictures are NHWC; with one channel NCHW is the same. For anything else see voxel_cpu_rows().
 */
gboolean
voxel_cpu_view (const VoxelNode *node, const VoxelTensor *tensor, VoxelCpuView *view, GError **error)
{
  const VoxelShape *shape = &tensor->shape;

  if (shape->n != 4)
    return voxel_cpu_rows (node, tensor, view, error);
  if (tensor->layout != VOXEL_LAYOUT_NHWC && (tensor->layout != VOXEL_LAYOUT_NCHW || shape->dim[1] != 1))
    return voxel_node_unsupported (node, error, "%s is in layout %s", tensor->name,
                                   voxel_layout_to_name (tensor->layout));
  view->height = shape->dim[2];
  view->width = shape->dim[3];
  view->channels = shape->dim[1];
  view->pitch = tensor->layout == VOXEL_LAYOUT_NHWC ? voxel_tensor_pitch (tensor) : 1;
  view->bf16 = tensor->type == VOXEL_DTYPE_BF16;
  return takes_type (node, tensor, error);
}

/**
 * voxel_cpu_pictures:
 * @tensor: what voxel_cpu_view() took
 *
 * Returns: how many pictures of that view it is
 */
guint
voxel_cpu_pictures (const VoxelTensor *tensor)
{
  return tensor->shape.n == 4 ? tensor->shape.dim[0] : 1;
}

/**
 * voxel_cpu_view_bytes:
 * @view: a picture
 *
 * Returns: bytes from a picture to the next of the same tensor
 */
gsize
voxel_cpu_view_bytes (const VoxelCpuView *view)
{
  return (gsize) view->height * view->width * view->pitch * (view->bf16 ? 2 : 4);
}

/* All kernels go by pitches, so any operand may lie in any NHWC buffer. */
gboolean
voxel_cpu_slice (const VoxelNode *node, VoxelSide side, guint index, const VoxelTensor *joint, guint channel)
{
  return joint->layout == VOXEL_LAYOUT_NHWC;
}

/* Pointwise operators may overwrite an operand of the result's size where elements are of the same size. */
gint
voxel_cpu_in_place (const VoxelNode *node)
{
  for (guint i = 0; i < node->n_inputs; i++)
    if (node->inputs[i] && !node->inputs[i]->constant && node->inputs[i]->type == node->outputs[0]->type &&
        voxel_shape_equal (&node->inputs[i]->shape, &node->outputs[0]->shape))
      return (gint) i;
  return -1;
}

/**
 * voxel_cpu_implementation:
 * @method: such as "winograd"
 *
 * Returns: (transfer full): @method and the instruction set it runs on
 */
gchar *
voxel_cpu_implementation (const gchar *method)
{
  return g_strdup_printf ("%s:%s", method, voxel_cpu_kernels ()->name);
}
