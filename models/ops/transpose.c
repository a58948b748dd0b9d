/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

static gboolean
transpose_shapes (VoxelNode *node, GError **error)
{
  const VoxelTranspose *transpose = node->attributes;
  const VoxelShape *x;
  VoxelShape out;
  guint seen = 0;

  if (!voxel_ops_require (node, 0, error))
    return FALSE;
  x = &node->inputs[0]->shape;
  out = *x;
  for (guint i = 0; i < x->n; i++) {
    guint from = transpose->order[i];

    if (from >= x->n || seen & 1u << from)
      return voxel_node_unsupported (node, error, "dimension %u of %u is none or comes twice", from, x->n);
    seen |= 1u << from;
    out.dim[i] = x->dim[from];
  }
  voxel_node_set_output (node, 0, &out);
  return TRUE;
}

const VoxelOp voxel_op_transpose = {
    .name = "transpose",
    .attributes_size = sizeof (VoxelTranspose),
    .shapes = transpose_shapes,
};
