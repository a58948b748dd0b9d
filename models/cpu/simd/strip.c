/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/simd.h"

/* The inner loop of all convolutions: a strip of pixels x one or two vectors of output channels, all
 * accumulators in registers. Each value read is broadcast and multiplied with each weight vector. A pixel's
 * sum is taken in the same order whatever the length of the strip. */

#define MULTIPLY_FLOATS(sum, weights, x) ((sum) + (weights) * (x))
#if defined(__AVX512BF16__)
#define MULTIPLY_PAIRS(sum, weights, x) \
  ((Vector) _mm512_dpbf16_ps ((__m512) (sum), (__m512bh) (weights), (__m512bh) _mm512_set1_ps (x)))
#endif

/* Products a chain: sums of that many are added up, so that roundings do not gather as in one long chain. */
#define CHAIN 32

#define FLUSH(pixels, vectors) \
  _Pragma ("GCC unroll 16") for (guint p = 0; p < pixels; p++) \
  { \
    _Pragma ("GCC unroll 2") for (guint v = 0; v < vectors; v++) \
    { \
      Vector *to = (Vector *) (out + p * pitch + v * LANES); \
\
      if (add) \
        sum[p][v] += *to; \
      *to = sum[p][v]; \
      sum[p][v] = (Vector){0}; \
    } \
  } \
  add = TRUE

#define STRIP_FUNC(kind, multiply, pixels, vectors) \
  static void strip_##kind##_##pixels##_##vectors (const gfloat *const *taps, guint n_taps, gsize offset, \
                                                   gsize step, guint depth, const gfloat *weights, \
                                                   gfloat *out, gsize pitch, gboolean add) \
  { \
    Vector sum[pixels][vectors] = {{{0}}}; \
    guint left = CHAIN; \
\
    for (guint t = 0; t < n_taps; t++) { \
      const gfloat *x = taps[t] + offset, *end = x + depth; \
\
      while (x < end) { \
        const gfloat *stop = x + MIN (left, (gsize) (end - x)); \
\
        left -= (guint) (stop - x); \
        for (; x < stop; x++, weights += vectors * LANES) { \
          _Pragma ("GCC unroll 16") for (guint p = 0; p < pixels; p++) \
          { \
            _Pragma ("GCC unroll 2") for (guint v = 0; v < vectors; v++) sum[p][v] = \
                multiply (sum[p][v], *(const Vector *) (weights + v * LANES), x[p * step]); \
          } \
        } \
        if (left == 0) { \
          FLUSH (pixels, vectors); \
          left = CHAIN; \
        } \
      } \
    } \
    if (left < CHAIN || !add) { \
      FLUSH (pixels, vectors); \
    } \
  }

/* All lengths up to STRIP, of one and two vectors. */
#define EACH_4(macro, ...) \
  macro (__VA_ARGS__, 1) macro (__VA_ARGS__, 2) macro (__VA_ARGS__, 3) macro (__VA_ARGS__, 4)
#define EACH_6(macro, ...) EACH_4 (macro, __VA_ARGS__) macro (__VA_ARGS__, 5) macro (__VA_ARGS__, 6)
#define EACH_14(macro, ...) \
  EACH_6 (macro, __VA_ARGS__) \
  macro (__VA_ARGS__, 7) macro (__VA_ARGS__, 8) macro (__VA_ARGS__, 9) macro (__VA_ARGS__, 10) \
      macro (__VA_ARGS__, 11) macro (__VA_ARGS__, 12) macro (__VA_ARGS__, 13) macro (__VA_ARGS__, 14)
#define EACH_JOIN_(n) EACH_##n
#define EACH_JOIN(n) EACH_JOIN_ (n)
#define EACH EACH_JOIN (STRIP)

#define BOTH(kind, multiply, pixels) \
  STRIP_FUNC (kind, multiply, pixels, 1) \
  STRIP_FUNC (kind, multiply, pixels, 2)
#define ENTRY(kind, pixels) {strip_##kind##_##pixels##_1, strip_##kind##_##pixels##_2},

EACH (BOTH, floats, MULTIPLY_FLOATS)
static const SimdStrip strips[STRIP][2] = {EACH (ENTRY, floats)};

/* Values and weights are pairs of bf16 of neighbouring channels, @depth, @step and the places of @taps count
 * pairs. */
#if defined(__AVX512BF16__)
EACH (BOTH, pairs, MULTIPLY_PAIRS)
static const SimdStrip pair_strips[STRIP][2] = {EACH (ENTRY, pairs)};
#else
#define pair_strips strips
#endif

/* @n pixels, @step floats apart in every tap, in strips of about the same length; results @pitch floats
 * apart. @block: output channels, one or two vectors. @add: to what @out holds. */
void
SIMD (strips) (const gfloat *const *taps, guint n_taps, gsize n, gsize step, guint depth,
               const gfloat *weights, guint block, gfloat *out, gsize pitch, gboolean pairs, gboolean add)
{
  const SimdStrip (*table)[2] = pairs ? pair_strips : strips;
  gsize count = (n + STRIP - 1) / STRIP;

  for (gsize i = 0; i < count; i++) {
    gsize begin = part (n, i, count), end = part (n, i + 1, count);

    table[end - begin - 1][block / LANES - 1](taps, n_taps, begin * step, step, depth, weights,
                                              out + begin * pitch, pitch, add);
  }
}
