/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

static gboolean
pad_shapes (VoxelNode *node, GError **error)
{
  const VoxelPad *pad = node->attributes;
  VoxelShape out;

  if (!voxel_ops_require_picture (node, 0, error))
    return FALSE;
  out = node->inputs[0]->shape;
  for (guint i = 0; i < 2; i++) {
    guint *side = &out.dim[2 + i];

    if (pad->mode == VOXEL_PAD_REFLECT && MAX (pad->before[i], pad->after[i]) >= *side)
      return voxel_node_unsupported (node, error, "a side of %u cannot be mirrored by %u", *side,
                                     MAX (pad->before[i], pad->after[i]));
    if (!g_uint_checked_add (side, *side, pad->before[i]) || !g_uint_checked_add (side, *side, pad->after[i]))
      return voxel_node_unsupported (node, error, "padding %u, %u", pad->before[i], pad->after[i]);
  }
  voxel_node_set_output (node, 0, &out);
  return TRUE;
}

const VoxelOp voxel_op_pad = {
    .name = "pad",
    .attributes_size = sizeof (VoxelPad),
    .shapes = pad_shapes,
};
