/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "models/ops/ops.h"
#include "models/reference/reference.h"

static void
convert (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  gsize n = 0;

  voxel_shape_elements (&node->inputs[0]->shape, &n);
  memcpy (outputs[0], inputs[0], n * sizeof (gfloat));
}

static gboolean
convert_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, convert, error);
}

const VoxelKernel voxel_reference_convert = {
    .op = &voxel_op_convert,
    .name = "reference",
    .slice = voxel_reference_slice,
    .prepare = convert_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
