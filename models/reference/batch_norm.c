/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/ops/ops.h"
#include "models/reference/reference.h"

static void
batch_norm (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  const VoxelBatchNorm *norm = node->attributes;
  const guint *dim = node->inputs[0]->shape.dim;
  gsize plane = (gsize) dim[2] * dim[3];

  for (gsize i = 0; i < (gsize) dim[0] * dim[1]; i++) {
    guint c = i % dim[1];
    gdouble scale =
        inputs[VOXEL_BATCH_NORM_WEIGHT][c] / sqrt (inputs[VOXEL_BATCH_NORM_VARIANCE][c] + norm->epsilon);

    for (gsize k = i * plane; k < (i + 1) * plane; k++)
      outputs[0][k] = (gfloat) ((inputs[0][k] - (gdouble) inputs[VOXEL_BATCH_NORM_MEAN][c]) * scale +
                                inputs[VOXEL_BATCH_NORM_BIAS][c]);
  }
}

static gboolean
batch_norm_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, batch_norm, error);
}

const VoxelKernel voxel_reference_batch_norm = {
    .op = &voxel_op_batch_norm,
    .name = "reference",
    .slice = voxel_reference_slice,
    .in_place = voxel_reference_in_place_first,
    .prepare = batch_norm_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
