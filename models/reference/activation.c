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
