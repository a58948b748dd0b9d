/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/reference/reference.h"

/* An activation of a single value, as it is defined. */
gdouble
voxel_reference_activate (gdouble x, VoxelActivation activation, gdouble slope)
{
  switch (activation) {
  case VOXEL_ACTIVATION_RELU:
    return MAX (x, 0);
  case VOXEL_ACTIVATION_LEAKY_RELU:
    return x < 0 ? slope * x : x;
  case VOXEL_ACTIVATION_SIGMOID:
    return 1 / (1 + exp (-x));
  case VOXEL_ACTIVATION_SILU:
    return x / (1 + exp (-x));
  case VOXEL_ACTIVATION_GELU:
    return x * (1 + erf (x * G_SQRT2 / 2)) / 2;
  default:
    return x;
  }
}

/* The same of every value. */
void
voxel_reference_activate_all (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs,
                              VoxelActivation activation, gdouble slope)
{
  gsize n = 0;

  voxel_shape_elements (&node->outputs[0]->shape, &n);
  for (gsize i = 0; i < n; i++)
    outputs[0][i] = (gfloat) voxel_reference_activate (inputs[0][i], activation, slope);
}
