/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/graph/tensor.h"

G_BEGIN_DECLS

#define VOXEL_OP_MAX_INPUTS 8
#define VOXEL_OP_MAX_OUTPUTS 4

/**
 * VoxelOp:
 * @name: as in messages and step names
 * @attributes_size: bytes of the attribute structure, 0 for none
 * @shapes: from the inputs' shapes and the attributes to the outputs' shapes and their number; fails with
 *   %VOXEL_MODEL_ERROR_UNSUPPORTED where the operator is not defined for them
 * @macs: multiply-adds for the node's shapes; %NULL for none to speak of
 *
 * An operator: what it is, not how it is computed. The graph compares operators by address, so a backend
 * may bring private ones (in its own folder) and put them in place of groups of nodes.
 */
typedef struct {
  const gchar *name;
  gsize attributes_size;
  gboolean (*shapes) (VoxelNode *node, GError **error);
  guint64 (*macs) (const VoxelNode *node);
} VoxelOp;

/**
 * VoxelNode:
 * @op: the operator
 * @name: of the step, such as "dec.0.0"
 * @attributes: @op's attribute structure, or %NULL
 * @inputs: operands; optional ones that are absent are %NULL
 * @outputs: results
 * @output_shapes: their shapes, set by VoxelOp.shapes() before the graph makes the tensors
 *
 * One use of an operator.
 */
struct _VoxelNode {
  const VoxelOp *op;
  gchar *name;
  gpointer attributes;
  guint n_inputs;
  guint n_outputs;
  VoxelTensor *inputs[VOXEL_OP_MAX_INPUTS];
  VoxelTensor *outputs[VOXEL_OP_MAX_OUTPUTS];
  VoxelShape output_shapes[VOXEL_OP_MAX_OUTPUTS];
};

guint64 voxel_node_macs (const VoxelNode *node);
void voxel_node_set_output (VoxelNode *node, guint output, const VoxelShape *shape);
gboolean voxel_node_unsupported (const VoxelNode *node, GError **error, const gchar *format, ...)
    G_GNUC_PRINTF (3, 4);

G_END_DECLS
