/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "models/ops/ops.h"
#include "models/reference/reference.h"

static void
reshape (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  gsize elements = 0;

  voxel_shape_elements (&node->outputs[0]->shape, &elements);
  memcpy (outputs[0], inputs[0], elements * sizeof (gfloat));
}

static gboolean
reshape_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, reshape, error);
}

const VoxelKernel voxel_reference_reshape = {
    .op = &voxel_op_reshape,
    .name = "reference",
    .slice = voxel_reference_slice,
    .prepare = reshape_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
