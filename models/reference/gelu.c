/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/reference/reference.h"

static void
gelu (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  voxel_reference_activate_all (node, inputs, outputs, VOXEL_ACTIVATION_GELU, 0);
}

static gboolean
gelu_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, gelu, error);
}

const VoxelKernel voxel_reference_gelu = {
    .op = &voxel_op_gelu,
    .name = "reference",
    .slice = voxel_reference_slice,
    .in_place = voxel_reference_in_place_first,
    .prepare = gelu_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
