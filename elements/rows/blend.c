/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Weighted sums of rows of 8-bit pixels in integers: twice as fast as those of floats (rescale.c), and pictures that
 * are blended a second time need half the memory. Compiled once per instruction set, as loops.c. */

#include "elements/rows/isa.h"

/* Value * 64, weight * 2^15, the product rounded to value * 64 again. The sum of a cubic's weights by magnitude is at
 * most 1.375: its square times 255 * 64 stays below 2^15. */
#define VALUE_BITS 6

INLINE gint16
to_weight (gfloat weight)
{
  return (gint16) MIN ((gint) (weight * 32768 + (weight < 0 ? -.5f : .5f)), 32767);
}

/* What pmulhrsw does. */
INLINE gint16
times (gint16 a, gint16 b)
{
  return (gint16) ((a * b + 0x4000) >> 15);
}

#if VOXEL_ROWS_LANES == 16
#define WIDTH 32
typedef __m512i Shorts;
#define ADD(a, b) _mm512_add_epi16 (a, b)
#define TIMES(a, b) _mm512_mulhrs_epi16 (a, b)
#define SPREAD(a) _mm512_set1_epi16 (a)
#define LOAD_8(p) \
  _mm512_slli_epi16 (_mm512_cvtepu8_epi16 (_mm256_loadu_si256 ((const __m256i *) (p))), VALUE_BITS)
#define LOAD_16(p) _mm512_loadu_si512 (p)
#define STORE_16(p, v) _mm512_storeu_si512 (p, v)

INLINE void
store_8 (guint8 *out, Shorts v)
{
  v = _mm512_max_epi16 (_mm512_srai_epi16 (v, VALUE_BITS), _mm512_setzero_si512 ());
  _mm256_storeu_si256 ((__m256i *) out, _mm512_cvtusepi16_epi8 (v));
}
#elif VOXEL_ROWS_LANES == 8
#define WIDTH 16
typedef __m256i Shorts;
#define ADD(a, b) _mm256_add_epi16 (a, b)
#define TIMES(a, b) _mm256_mulhrs_epi16 (a, b)
#define SPREAD(a) _mm256_set1_epi16 (a)
#define LOAD_8(p) \
  _mm256_slli_epi16 (_mm256_cvtepu8_epi16 (_mm_loadu_si128 ((const __m128i *) (p))), VALUE_BITS)
#define LOAD_16(p) _mm256_loadu_si256 ((const __m256i *) (p))
#define STORE_16(p, v) _mm256_storeu_si256 ((__m256i *) (p), v)

INLINE void
store_8 (guint8 *out, Shorts v)
{
  v = _mm256_srai_epi16 (v, VALUE_BITS);
  _mm_storeu_si128 ((__m128i *) out,
                    _mm_packus_epi16 (_mm256_castsi256_si128 (v), _mm256_extracti128_si256 (v, 1)));
}
#elif defined(__SSE2__)
#define WIDTH 8
typedef __m128i Shorts;
#define ADD(a, b) _mm_add_epi16 (a, b)
#define TIMES(a, b) times_vector (a, b)
#define SPREAD(a) _mm_set1_epi16 (a)
#define LOAD_8(p) \
  _mm_slli_epi16 (_mm_unpacklo_epi8 (_mm_loadl_epi64 ((const __m128i *) (p)), _mm_setzero_si128 ()), \
                  VALUE_BITS)
#define LOAD_16(p) _mm_loadu_si128 ((const __m128i *) (p))
#define STORE_16(p, v) _mm_storeu_si128 ((__m128i *) (p), v)

/* pmulhrsw came later: twice the upper half of the product, and the lower one's two upper bits rounded to one. */
INLINE Shorts
times_vector (Shorts a, Shorts b)
{
  Shorts low = _mm_srli_epi16 (_mm_mullo_epi16 (a, b), 14);

  low = _mm_srli_epi16 (_mm_add_epi16 (low, _mm_set1_epi16 (1)), 1);
  return _mm_add_epi16 (_mm_slli_epi16 (_mm_mulhi_epi16 (a, b), 1), low);
}

INLINE void
store_8 (guint8 *out, Shorts v)
{
  v = _mm_srai_epi16 (v, VALUE_BITS);
  _mm_storel_epi64 ((__m128i *) out, _mm_packus_epi16 (v, v));
}
#endif

/* @first is what is in the sum already, for rounding. */
#ifdef WIDTH
#define DEFINE_VECTORS(name, In, LOAD, first, Out, STORE) \
  INLINE guint name##_vectors (const In *const *rows, const gint16 *weights, guint taps, guint width, \
                               Out *out) \
  { \
    guint x = 0; \
\
    for (; x + WIDTH <= width; x += WIDTH) { \
      Shorts sum = SPREAD (first); \
\
      _Pragma ("GCC unroll 4") for (guint k = 0; k < taps; k++) sum = \
          ADD (sum, TIMES (LOAD (rows[k] + x), SPREAD (weights[k]))); \
      STORE (out + x, sum); \
    } \
    return x; \
  }
#else
#define DEFINE_VECTORS(name, In, LOAD, first, Out, STORE) \
  INLINE guint name##_vectors (const In *const *rows, const gint16 *weights, guint taps, guint width, \
                               Out *out) \
  { \
    return 0; \
  }
#endif

#define FROM_8(pixel) ((gint16) ((pixel) << VALUE_BITS))
#define FROM_16(value) (value)
#define TO_16(sum) ((gint16) (sum))
#define TO_8(sum) ((guint8) CLAMP ((sum) >> VALUE_BITS, 0, 255))

#define DEFINE_BLEND(name, In, bits, first, Out, out_bits, STORE) \
  DEFINE_VECTORS (name, In, LOAD_##bits, first, Out, STORE) \
\
  INLINE void name##_taps (const In *const *in, const gfloat *weights, guint taps, guint width, \
                           Out *restrict out) \
  { \
    const In *rows[4]; \
    gint16 w[4]; \
    guint done; \
\
    for (guint k = 0; k < taps; k++) { \
      rows[k] = in[k]; \
      w[k] = to_weight (weights[k]); \
    } \
    done = name##_vectors (rows, w, taps, width, out); \
    for (guint x = done; x < width; x++) { \
      gint sum = first; \
\
      for (guint k = 0; k < taps; k++) \
        sum += times (FROM_##bits (rows[k][x]), w[k]); \
      out[x] = TO_##out_bits (sum); \
    } \
  } \
\
  void ROWS (name) (const In *const *rows, const gfloat *weights, guint taps, guint width, Out *out) \
  { \
    if (taps == 4) \
      name##_taps (rows, weights, 4, width, out); \
    else \
      name##_taps (rows, weights, 2, width, out); \
  }

DEFINE_BLEND (blend_8, guint8, 8, 0, gint16, 16, STORE_16)
DEFINE_BLEND (finish_8, gint16, 16, 1 << (VALUE_BITS - 1), guint8, 8, store_8)
