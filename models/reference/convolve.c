/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/reference/reference.h"

/* What both convolutions do around their sums: every output value with bias, summand and activation. */
void
voxel_reference_convolve (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs,
                          VoxelReferenceSum sum_of)
{
  const VoxelConv2d *conv = node->attributes;
  const guint *out = node->outputs[0]->shape.dim;
  const gfloat *bias = inputs[VOXEL_CONV2D_BIAS];
  const gfloat *sum = inputs[VOXEL_CONV2D_SUM];
  gsize i = 0;

  for (guint n = 0; n < out[0]; n++)
    for (guint o = 0; o < out[1]; o++)
      for (guint y = 0; y < out[2]; y++)
        for (guint x = 0; x < out[3]; x++, i++) {
          gdouble value = sum_of (node, inputs[VOXEL_CONV2D_X], inputs[VOXEL_CONV2D_WEIGHT], n, o, y, x);

          value += (bias ? bias[o] : 0.) + (sum ? sum[i] : 0.);
          outputs[0][i] = (gfloat) voxel_reference_activate (value, conv->activation, conv->slope);
        }
}
