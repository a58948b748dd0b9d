/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/reference/reference.h"

static gdouble
product (gdouble a, gdouble b)
{
  return a * b;
}

static void
multiply (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  voxel_reference_broadcast (node, inputs, outputs, product);
}

static gboolean
multiply_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, multiply, error);
}

const VoxelKernel voxel_reference_multiply = {
    .op = &voxel_op_multiply,
    .name = "reference",
    .slice = voxel_reference_slice,
    .in_place = voxel_reference_in_place_first,
    .prepare = multiply_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
