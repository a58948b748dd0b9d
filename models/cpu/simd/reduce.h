/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cpu/simd/simd.h"

/* A vector's values turned by @n places. */
#if LANES == 16
#define TURN(v, n) \
  __builtin_shufflevector (v, v, (0 + n) % 16, (1 + n) % 16, (2 + n) % 16, (3 + n) % 16, (4 + n) % 16, \
                           (5 + n) % 16, (6 + n) % 16, (7 + n) % 16, (8 + n) % 16, (9 + n) % 16, \
                           (10 + n) % 16, (11 + n) % 16, (12 + n) % 16, (13 + n) % 16, (14 + n) % 16, \
                           (15 + n) % 16)
#elif LANES == 8
#define TURN(v, n) \
  __builtin_shufflevector (v, v, (0 + n) % 8, (1 + n) % 8, (2 + n) % 8, (3 + n) % 8, (4 + n) % 8, \
                           (5 + n) % 8, (6 + n) % 8, (7 + n) % 8)
#else
#define TURN(v, n) __builtin_shufflevector (v, v, (0 + n) % 4, (1 + n) % 4, (2 + n) % 4, (3 + n) % 4)
#endif

/* The sum of a vector's values, in all of them. */
SIMD_INLINE Vector
sum_of (Vector v)
{
#if LANES == 16
  v += TURN (v, 8);
#endif
#if LANES >= 8
  v += TURN (v, 4);
#endif
  v += TURN (v, 2);
  v += TURN (v, 1);
  return v;
}

/* Likewise the largest. */
SIMD_INLINE Vector
max_of (Vector v)
{
#if LANES == 16
  v = vector_max (v, TURN (v, 8));
#endif
#if LANES >= 8
  v = vector_max (v, TURN (v, 4));
#endif
  v = vector_max (v, TURN (v, 2));
  v = vector_max (v, TURN (v, 1));
  return v;
}

/* @v with 0 in place of all but the first @n values. */
SIMD_INLINE Vector
first_of (Vector v, guint n)
{
  static const gint32 first[2 * LANES] = {
#if LANES == 16
    -1,
    -1,
    -1,
    -1,
    -1,
    -1,
    -1,
    -1,
#endif
#if LANES >= 8
    -1,
    -1,
    -1,
    -1,
#endif
    -1,
    -1,
    -1,
    -1
  };

  return n >= LANES ? v : (Vector) ((Mask) v & *(const Mask *) (first + LANES - n));
}

/* Lane i of the even (odd) blocks of @s lanes of two vectors. */
#define EVEN(i, s) ((i) / (s) *2 * (s) + (i) % (s))
#define BLOCKS_4(i, s, odd) \
  EVEN (i, s) + odd *s, EVEN (i + 1, s) + odd *s, EVEN (i + 2, s) + odd *s, EVEN (i + 3, s) + odd *s
#define BLOCKS_8(i, s, odd) BLOCKS_4 (i, s, odd), BLOCKS_4 (i + 4, s, odd)
#define BLOCKS_16(i, s, odd) BLOCKS_8 (i, s, odd), BLOCKS_8 (i + 8, s, odd)
#define BLOCKS_JOIN_(n) BLOCKS_##n
#define BLOCKS_JOIN(n) BLOCKS_JOIN_ (n)
#define BLOCKS BLOCKS_JOIN (VOXEL_CPU_LANES)
/* Two vectors' sums of neighbouring blocks, in one vector. */
#define FOLD(v, n, s) \
  _Pragma ("GCC unroll 8") for (guint i = 0; i < (n); i++) (v)[i] = \
      __builtin_shufflevector ((v)[2 * i], (v)[2 * i + 1], BLOCKS (0, s, 0)) + \
      __builtin_shufflevector ((v)[2 * i], (v)[2 * i + 1], BLOCKS (0, s, 1))

/* The sum of each of LANES vectors, one a lane. */
SIMD_INLINE Vector
sums_of (Vector *v)
{
#if LANES == 16
  FOLD (v, 8, 8);
#endif
#if LANES >= 8
  FOLD (v, 4, 4);
#endif
  FOLD (v, 2, 2);
  FOLD (v, 1, 1);
  return v[0];
}
