/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/reference/reference.h"

static gdouble
sum (gdouble a, gdouble b)
{
  return a + b;
}

static void
add (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  voxel_reference_broadcast (node, inputs, outputs, sum);
}

static gboolean
add_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, add, error);
}

const VoxelKernel voxel_reference_add = {
    .op = &voxel_op_add,
    .name = "reference",
    .slice = voxel_reference_slice,
    .in_place = voxel_reference_in_place_first,
    .prepare = add_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
