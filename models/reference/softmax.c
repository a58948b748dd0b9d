/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/ops/ops.h"
#include "models/reference/reference.h"

/* One line along the axis, its values @step apart. */
static void
weigh (const gfloat *x, gfloat *y, gsize length, gsize step)
{
  gdouble most = -INFINITY, sum = 0;

  for (gsize i = 0; i < length; i++)
    most = MAX (most, x[i * step]);
  for (gsize i = 0; i < length; i++)
    sum += exp (x[i * step] - most);
  for (gsize i = 0; i < length; i++)
    y[i * step] = (gfloat) (exp (x[i * step] - most) / sum);
}

static void
softmax (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  const VoxelSoftmax *attributes = node->attributes;
  VoxelReferenceLines lines = voxel_reference_lines (&node->outputs[0]->shape, attributes->axis);

  for (gsize i = 0; i < lines.n; i++) {
    gsize first = voxel_reference_line (&lines, i);

    weigh (inputs[0] + first, outputs[0] + first, lines.length, lines.step);
  }
}

static gboolean
softmax_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, softmax, error);
}

const VoxelKernel voxel_reference_softmax = {
    .op = &voxel_op_softmax,
    .name = "reference",
    .slice = voxel_reference_slice,
    .in_place = voxel_reference_in_place_first,
    .prepare = softmax_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
