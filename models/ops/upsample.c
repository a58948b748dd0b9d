/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

static gboolean
upsample_shapes (VoxelNode *node, GError **error)
{
  const VoxelUpsample *upsample = node->attributes;
  VoxelShape out;

  if (!voxel_ops_require_picture (node, 0, error))
    return FALSE;
  out = node->inputs[0]->shape;
  for (guint i = 0; i < 2; i++)
    if (!upsample->scale[i] || !g_uint_checked_mul (&out.dim[2 + i], out.dim[2 + i], upsample->scale[i]))
      return voxel_node_unsupported (node, error, "scale %u", upsample->scale[i]);
  voxel_node_set_output (node, 0, &out);
  return TRUE;
}

const VoxelOp voxel_op_upsample = {
    .name = "upsample",
    .attributes_size = sizeof (VoxelUpsample),
    .shapes = upsample_shapes,
};
