/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/op.h"

#include "models/files/model-record.h"

/**
 * voxel_node_macs:
 * @node: a node
 *
 * Returns: its multiply-adds
 */
guint64
voxel_node_macs (const VoxelNode *node)
{
  return node->op->macs ? node->op->macs (node) : 0;
}

/**
 * voxel_node_set_output:
 * @node: a node whose shapes are being inferred
 * @output: which output, below the number that the graph made
 * @shape: its shape
 *
 * For VoxelOp.shapes.
 */
void
voxel_node_set_output (VoxelNode *node, guint output, const VoxelShape *shape)
{
  g_return_if_fail (output < VOXEL_OP_MAX_OUTPUTS);
  if (node->n_outputs <= output)
    node->n_outputs = output + 1;
  node->output_shapes[output] = *shape;
}

/**
 * voxel_node_unsupported:
 * @node: a node
 * @error: where to say it
 * @format: what the operator cannot do
 * @...: for @format
 *
 * Sets %VOXEL_MODEL_ERROR_UNSUPPORTED naming node and operator.
 *
 * Returns: %FALSE
 */
gboolean
voxel_node_unsupported (const VoxelNode *node, GError **error, const gchar *format, ...)
{
  va_list arguments;
  g_autofree gchar *what = NULL;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED, "%s (%s): %s", node->name,
               node->op->name, what);
  return FALSE;
}
