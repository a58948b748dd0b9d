/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cpu/simd/gelu.h"

/* e^x as 2^n e^r, |r| <= ln 2 / 2, with a polynomial of degree 6 interpolated at Chebyshev nodes, whose error of 2e-9
 * is below float's. */
SIMD_INLINE Vector
vector_exp (Vector x)
{
  const gfloat whole = 12582912.f; /* puts a whole number into the lowest bits */
  Vector n, r, p;

  x = vector_min ((Vector){0} + 88.f, vector_max ((Vector){0} - 87.f, x));
  n = x * 1.44269504f + whole;
  r = n - whole;
  r = x - r * 0.693359375f + r * 2.12194440e-4f;
  p = (((((r * .00139411609f + .00837516785f) * r + .0416663513f) * r + .166664153f) * r + .5f) * r + 1.f) *
          r +
      1.f;
  return (Vector) ((Bits) p + ((Bits) n << 23));
}

/* 2^x for x of at most 0, by a polynomial fitted for the least relative error, 2e-9. */
SIMD_INLINE Vector
vector_exp2 (Vector x)
{
  const gfloat whole = 12582912.f;
  Vector n, r, p;

  x = vector_max ((Vector){0} - 126.f, x);
  n = x + whole;
  r = x - (n - whole);
  p = (((((r * .00015353362f + .0013398875f) * r + .00961843692f) * r + .0555033237f) * r + .240226477f) * r +
       .693147182f) *
          r +
      1.f;
  return (Vector) ((Bits) p + ((Bits) n << 23));
}

SIMD_INLINE Vector
vector_sigmoid (Vector x)
{
  return 1.f / (1.f + vector_exp (-x));
}

SIMD_INLINE Vector
vector_leaky_relu (Vector x, gfloat slope)
{
  Mask negative = (Mask) (x < (Vector){0});

  return (Vector) (((Mask) (x * slope) & negative) | ((Mask) x & ~negative));
}

/* Of @n vectors in registers: what is to be done is looked up once for all. */
SIMD_INLINE void
activate_all (Vector *values, guint n, VoxelActivation activation, gfloat slope)
{
  switch (activation) {
  case VOXEL_ACTIVATION_RELU:
    for (guint i = 0; i < n; i++)
      values[i] = vector_positive (values[i]);
    break;
  case VOXEL_ACTIVATION_LEAKY_RELU:
    for (guint i = 0; i < n; i++)
      values[i] = vector_leaky_relu (values[i], slope);
    break;
  case VOXEL_ACTIVATION_SIGMOID:
    for (guint i = 0; i < n; i++)
      values[i] = vector_sigmoid (values[i]);
    break;
  case VOXEL_ACTIVATION_SILU:
    for (guint i = 0; i < n; i++)
      values[i] *= vector_sigmoid (values[i]);
    break;
  case VOXEL_ACTIVATION_GELU:
    for (guint i = 0; i < n; i++)
      values[i] = vector_gelu (values[i]);
    break;
  default:
    break;
  }
}

static __attribute__ ((noinline, unused)) Vector
activate_rarely (Vector x, VoxelActivation activation, gfloat slope)
{
  activate_all (&x, 1, activation, slope);
  return x;
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
