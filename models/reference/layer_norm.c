/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/ops/ops.h"
#include "models/reference/reference.h"

/* The values of one line along the axis, @step apart. */
static void
normalise (const VoxelNode *node, const gfloat *const *inputs, const gfloat *x, gfloat *y, gsize length,
           gsize step)
{
  const VoxelLayerNorm *norm = node->attributes;
  gdouble mean = 0, variance = 0;

  for (gsize i = 0; i < length; i++)
    mean += (gdouble) x[i * step] / length;
  for (gsize i = 0; i < length; i++)
    variance += (x[i * step] - mean) * (x[i * step] - mean) / length;
  for (gsize i = 0; i < length; i++) {
    gdouble weight = inputs[VOXEL_NORM_WEIGHT] ? inputs[VOXEL_NORM_WEIGHT][i] : 1;
    gdouble bias = inputs[VOXEL_NORM_BIAS] ? inputs[VOXEL_NORM_BIAS][i] : 0;

    y[i * step] = (gfloat) ((x[i * step] - mean) / sqrt (variance + norm->epsilon) * weight + bias);
  }
}

static void
layer_norm (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs)
{
  const VoxelLayerNorm *norm = node->attributes;
  VoxelReferenceLines lines = voxel_reference_lines (&node->outputs[0]->shape, norm->axis);

  for (gsize i = 0; i < lines.n; i++) {
    gsize first = voxel_reference_line (&lines, i);

    normalise (node, inputs, inputs[0] + first, outputs[0] + first, lines.length, lines.step);
  }
}

static gboolean
layer_norm_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  return voxel_reference_prepare (prepare, step, layer_norm, error);
}

const VoxelKernel voxel_reference_layer_norm = {
    .op = &voxel_op_layer_norm,
    .name = "reference",
    .slice = voxel_reference_slice,
    .in_place = voxel_reference_in_place_first,
    .prepare = layer_norm_prepare,
    .release = voxel_reference_release,
    .run = voxel_reference_run,
};
