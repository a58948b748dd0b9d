/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Vectors of places and of what is read at them, for sample.c: included where isa.h is. */

#include "elements/rows/isa.h"

#define LANES VOXEL_ROWS_LANES
#define HALF (LANES / 2)

typedef gint64 Longs __attribute__ ((vector_size (HALF * 8)));
typedef gint32 Ints __attribute__ ((vector_size (LANES * 4)));
typedef guint32 UInts __attribute__ ((vector_size (LANES * 4)));
typedef gint32 HalfInts __attribute__ ((vector_size (HALF * 4)));
typedef gfloat Floats __attribute__ ((vector_size (LANES * 4)));

#if LANES == 16
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODD 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#define BOTH 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
#elif LANES == 8
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14
#define ODD 1, 3, 5, 7, 9, 11, 13, 15
#define BOTH 0, 1, 2, 3, 4, 5, 6, 7
#else
#define EVEN 0, 2, 4, 6
#define ODD 1, 3, 5, 7
#define BOTH 0, 1, 2, 3
#endif
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define LOW EVEN
#define HIGH ODD
#else
#define LOW ODD
#define HIGH EVEN
#endif

INLINE Ints
low_of (const Longs part[2])
{
  return __builtin_shufflevector ((Ints) part[0], (Ints) part[1], LOW);
}

INLINE Ints
high_of (const Longs part[2])
{
  return __builtin_shufflevector ((Ints) part[0], (Ints) part[1], HIGH);
}

/* Half of the lanes, wider. */
INLINE Longs
widen (Ints values, guint half)
{
  HalfInts some;

  memcpy (&some, (const gint32 *) &values + half * HALF, sizeof some);
  return __builtin_convertvector(some, Longs);
}

/* A gather of all lanes needs nothing of the register it goes to, so compilers take any, but processors wait for what
 * was in it. Who does not know that it is all lanes clears it first. */
#if LANES == 16
INLINE __mmask16
all_lanes (void)
{
  guint lanes = 0xffff;

  __asm__("" : "+r"(lanes));
  return (__mmask16) lanes;
}
#elif LANES == 8
INLINE __m256i
all_lanes (void)
{
  __m256i lanes = _mm256_set1_epi32 (-1);

  __asm__("" : "+x"(lanes));
  return lanes;
}
#endif

/* Four bytes for each lane, @at voxels behind @base. */
INLINE Ints
gather (const guint8 *base, Ints at, guint bytes)
{
#if LANES == 16
#define GATHER(scale) \
  _mm512_mask_i32gather_epi32 (_mm512_setzero_si512 (), all_lanes (), (__m512i) at, base, scale)
  return bytes == 2 ? (Ints) GATHER (2) : (Ints) GATHER (1);
#elif LANES == 8
#define GATHER(scale) \
  _mm256_mask_i32gather_epi32 (_mm256_setzero_si256 (), (const gint *) base, (__m256i) at, all_lanes (), \
                               scale)
  return bytes == 2 ? (Ints) GATHER (2) : (Ints) GATHER (1);
#else
  Ints values = {0};

  for (guint i = 0; i < LANES; i++) {
    guint32 value;

    memcpy (&value, base + (gssize) at[i] * bytes, 4);
    values[i] = (gint32) GUINT32_FROM_LE (value);
  }
  return values;
#endif
}

/* The same, each lane in a layer of its own. */
INLINE Ints
gather_layers (const VoxelRowsSample *s, Ints layer, Ints at, guint bytes)
{
#if LANES == 16
  __m256i half[2];

  for (guint i = 0; i < 2; i++) {
    Longs to = (Longs) _mm512_mask_i64gather_epi64 (_mm512_setzero_si512 (), (__mmask8) all_lanes (),
                                                    (__m512i) widen (layer, i), s->layers, 8) +
               widen (at, i) * bytes;

    half[i] = _mm512_mask_i64gather_epi32 (_mm256_setzero_si256 (), (__mmask8) all_lanes (), (__m512i) to,
                                           s->base, 1);
  }
  return (Ints) _mm512_inserti64x4 (_mm512_castsi256_si512 (half[0]), half[1], 1);
#elif LANES == 8
  __m128i half[2];

  for (guint i = 0; i < 2; i++) {
    Longs to = (Longs) _mm256_mask_i64gather_epi64 (_mm256_setzero_si256 (), (const long long *) s->layers,
                                                    (__m256i) widen (layer, i), all_lanes (), 8) +
               widen (at, i) * bytes;

    half[i] = _mm256_mask_i64gather_epi32 (_mm_setzero_si128 (), (const gint *) s->base, (__m256i) to,
                                           _mm256_castsi256_si128 (all_lanes ()), 1);
  }
  return (Ints) _mm256_set_m128i (half[1], half[0]);
#else
  Ints values = {0};

  for (guint i = 0; i < LANES; i++) {
    guint32 value;

    memcpy (&value, s->base + s->layers[layer[i]] + (gssize) at[i] * bytes, 4);
    values[i] = (gint32) GUINT32_FROM_LE (value);
  }
  return values;
#endif
}

/* Whether a lane of a comparison's result is set. */
INLINE gboolean
any (Ints set)
{
#if LANES == 16
  return _mm512_movepi32_mask ((__m512i) set) != 0;
#elif LANES == 8
  return !_mm256_testz_si256 ((__m256i) set, (__m256i) set);
#else
  return (set[0] | set[1] | set[2] | set[3]) != 0;
#endif
}

INLINE Ints
choose (Ints set, Ints yes, Ints no)
{
  return (set & yes) | (~set & no);
}

INLINE Ints
same (gint32 value)
{
  return (Ints){0} + value;
}
