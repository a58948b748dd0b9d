/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/shapes.h"

/**
 * voxel_ops_require:
 * @node: a node
 * @input: which operand
 * @error: that it is missing
 *
 * Returns: whether the operand is there
 */
gboolean
voxel_ops_require (const VoxelNode *node, guint input, GError **error)
{
  if (input < node->n_inputs && node->inputs[input])
    return TRUE;
  return voxel_node_unsupported (node, error, "operand %u is missing", input);
}

/**
 * voxel_ops_require_axis:
 * @node: a node
 * @axis: a dimension of its first operand
 * @error: that it has no such dimension
 *
 * Returns: whether the first operand is there and has that dimension
 */
gboolean
voxel_ops_require_axis (const VoxelNode *node, guint axis, GError **error)
{
  if (!voxel_ops_require (node, 0, error))
    return FALSE;
  if (axis < node->inputs[0]->shape.n)
    return TRUE;
  return voxel_node_unsupported (node, error, "there is no dimension %u of %u", axis,
                                 node->inputs[0]->shape.n);
}

/**
 * voxel_ops_elements:
 * @shape: of a tensor that exists
 *
 * Returns: its elements
 */
guint64
voxel_ops_elements (const VoxelShape *shape)
{
  gsize n = 0;

  voxel_shape_elements (shape, &n);
  return n;
}

/**
 * voxel_ops_require_picture:
 * @node: a node
 * @input: which operand
 * @error: what it is instead
 *
 * Returns: whether the operand is there and has the dimensions N, C, H, W, none of them 0
 */
gboolean
voxel_ops_require_picture (const VoxelNode *node, guint input, GError **error)
{
  const VoxelShape *shape;

  if (!voxel_ops_require (node, input, error))
    return FALSE;
  shape = &node->inputs[input]->shape;
  if (shape->n == 4 && shape->dim[0] && shape->dim[1] && shape->dim[2] && shape->dim[3])
    return TRUE;
  g_autofree gchar *text = voxel_shape_to_string (shape);
  return voxel_node_unsupported (node, error, "operand %u of shape %s is no picture (N, C, H, W)", input,
                                 text);
}

/**
 * voxel_ops_require_vector:
 * @node: a node
 * @input: which operand
 * @length: elements it must have
 * @error: what it is instead
 *
 * Returns: whether the operand is absent or a vector of @length
 */
gboolean
voxel_ops_require_vector (const VoxelNode *node, guint input, guint length, GError **error)
{
  const VoxelShape *shape;

  if (input >= node->n_inputs || !node->inputs[input])
    return TRUE;
  shape = &node->inputs[input]->shape;
  if (shape->n == 1 && shape->dim[0] == length)
    return TRUE;
  g_autofree gchar *text = voxel_shape_to_string (shape);
  return voxel_node_unsupported (node, error, "operand %u has shape %s, not [%u]", input, text, length);
}

/**
 * voxel_ops_same_shape:
 * @node: a node of one operand
 * @error: what is wrong with it
 *
 * VoxelOp.shapes of operators that work element by element.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_ops_same_shape (VoxelNode *node, GError **error)
{
  if (!voxel_ops_require (node, 0, error))
    return FALSE;
  voxel_node_set_output (node, 0, &node->inputs[0]->shape);
  return TRUE;
}

/**
 * voxel_ops_broadcast:
 * @node: a node of two operands
 * @error: which dimensions do not match
 *
 * VoxelOp.shapes of operators that combine two tensors of as many dimensions, where 1 is repeated.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_ops_broadcast (VoxelNode *node, GError **error)
{
  const VoxelShape *a, *b;
  VoxelShape out;

  if (!voxel_ops_require (node, 0, error) || !voxel_ops_require (node, 1, error))
    return FALSE;
  a = &node->inputs[0]->shape;
  b = &node->inputs[1]->shape;
  out = *a;
  for (guint i = 0; i < a->n && a->n == b->n; i++) {
    if (a->dim[i] == 1)
      out.dim[i] = b->dim[i];
    if (b->dim[i] != out.dim[i] && b->dim[i] != 1)
      break;
    if (i + 1 == a->n) {
      voxel_node_set_output (node, 0, &out);
      return TRUE;
    }
  }
  g_autofree gchar *of_a = voxel_shape_to_string (a), *of_b = voxel_shape_to_string (b);
  return voxel_node_unsupported (node, error, "shapes %s and %s do not match", of_a, of_b);
}

/**
 * voxel_ops_window:
 * @node: for the message
 * @size: rows or columns
 * @kernel: window's extent, holes of dilation included
 * @stride: step
 * @padding: on each side
 * @result: (out): number of window positions
 * @error: why there are none
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_ops_window (const VoxelNode *node, guint size, guint kernel, guint stride, guint padding, guint *result,
                  GError **error)
{
  guint64 padded = (guint64) size + 2 * (guint64) padding;

  if (!kernel || !stride)
    return voxel_node_unsupported (node, error, "kernel %u, stride %u: neither may be 0", kernel, stride);
  if (padded < kernel)
    return voxel_node_unsupported (
        node, error, "a side of %u with %u padding is smaller than the kernel (%u)", size, padding, kernel);
  *result = (guint) ((padded - kernel) / stride + 1);
  return TRUE;
}
