/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/reference/reference.h"

static void
global_avg_pool2d (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  const guint *in = node->inputs[0]->shape.dim;
  gsize plane = (gsize) in[2] * in[3];

  for (gsize k = 0; k < (gsize) in[0] * in[1]; k++) {
    gdouble sum = 0;

    for (gsize i = 0; i < plane; i++)
      sum += inputs[0][k * plane + i];
    outputs[0][k] = (gfloat) (sum / plane);
  }
}

static gboolean
global_avg_pool2d_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, global_avg_pool2d, error);
}

const VoxelKernel voxel_reference_global_avg_pool2d = {
    .op = &voxel_op_global_avg_pool2d,
    .name = "reference",
    .slice = voxel_reference_slice,
    .prepare = global_avg_pool2d_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
