/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/ops/ops.h"
#include "models/reference/reference.h"

/* Mean and reciprocal deviation of the @n values of a group. */
static void
measure (const gfloat *x, gsize n, gdouble epsilon, gdouble *mean, gdouble *scale)
{
  gdouble variance = 0;

  *mean = 0;
  for (gsize i = 0; i < n; i++)
    *mean += (gdouble) x[i] / n;
  for (gsize i = 0; i < n; i++)
    variance += (x[i] - *mean) * (x[i] - *mean) / n;
  *scale = 1 / sqrt (variance + epsilon);
}

static void
group_norm (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  const VoxelGroupNorm *norm = node->attributes;
  const guint *dim = node->inputs[0]->shape.dim;
  gsize plane = (gsize) dim[2] * dim[3], of_group = dim[1] / norm->groups;

  for (gsize i = 0; i < (gsize) dim[0] * dim[1]; i++) {
    gsize c = i % dim[1];
    const gfloat *x = inputs[VOXEL_NORM_X];
    gdouble weight = inputs[VOXEL_NORM_WEIGHT] ? inputs[VOXEL_NORM_WEIGHT][c] : 1;
    gdouble bias = inputs[VOXEL_NORM_BIAS] ? inputs[VOXEL_NORM_BIAS][c] : 0, mean, scale;

    measure (x + i / of_group * of_group * plane, of_group * plane, norm->epsilon, &mean, &scale);
    for (gsize k = i * plane; k < (i + 1) * plane; k++)
      outputs[0][k] = (gfloat) ((x[k] - mean) * scale * weight + bias);
  }
}

static gboolean
group_norm_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, group_norm, error);
}

const VoxelKernel voxel_reference_group_norm = {
    .op = &voxel_op_group_norm,
    .name = "reference",
    .slice = voxel_reference_slice,
    .in_place = voxel_reference_in_place_first,
    .prepare = group_norm_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
