/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cpu/simd/simd.h"

/* e^x as 2^n e^r, |r| <= ln 2 / 2, with the Taylor polynomial of degree 7: error below 2e-7. */
SIMD_INLINE Vector
vector_exp (Vector x)
{
  Vector low = (Vector){0} - 87.f, high = (Vector){0} + 87.f, r, p;
  Bits n;

  x = -vector_max (-vector_max (x, low), -high);
  n = (Bits) (x * 1.44269504f + 12582912.f); /* rounds to a whole number in the low bits */
  r = (Vector) n - 12582912.f;
  r = x - r * 0.693359375f + r * 2.12194440e-4f;
  p = ((((((r * (1 / 5040.f) + 1 / 720.f) * r + 1 / 120.f) * r + 1 / 24.f) * r + 1 / 6.f) * r + .5f) * r +
       1.f) *
          r +
      1.f;
  return (Vector) ((Bits) p + (n << 23));
}

SIMD_INLINE Vector
vector_sigmoid (Vector x)
{
  return 1.f / (1.f + vector_exp (-x));
}

/* Abramowitz, Stegun: Handbook of Mathematical Functions, 7.1.26: error below 1.5e-7. */
SIMD_INLINE Vector
vector_erf (Vector x)
{
  Vector a = vector_max (x, -x), t = 1.f / (1.f + .3275911f * a), y;

  y = 1.f - ((((1.061405429f * t - 1.453152027f) * t + 1.421413741f) * t - .284496736f) * t + .254829592f) *
                t * vector_exp (-a * a);
  return (Vector) ((Bits) y | ((Bits) x & 0x80000000u));
}

SIMD_INLINE Vector
vector_gelu (Vector x)
{
  return .5f * x * (1.f + vector_erf (x * .70710678f));
}

static __attribute__ ((noinline, unused)) Vector
activate_rarely (Vector x, VoxelActivation activation, gfloat slope)
{
  Mask negative = (Mask) (x < (Vector){0});

  switch (activation) {
  case VOXEL_ACTIVATION_LEAKY_RELU:
    return (Vector) (((Mask) (x * slope) & negative) | ((Mask) x & ~negative));
  case VOXEL_ACTIVATION_SIGMOID:
    return vector_sigmoid (x);
  case VOXEL_ACTIVATION_SILU:
    return x * vector_sigmoid (x);
  case VOXEL_ACTIVATION_GELU:
    return vector_gelu (x);
  default:
    return x;
  }
}

/* What a convolution does to its sums. */
SIMD_INLINE Vector
activate (Vector x, VoxelActivation activation, gfloat slope)
{
  if (activation == VOXEL_ACTIVATION_RELU)
    return vector_positive (x);
  if (G_UNLIKELY (activation != VOXEL_ACTIVATION_NONE))
    return activate_rarely (x, activation, slope);
  return x;
}
