/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/simd.h"

/* The inner loop of all convolutions: a strip of pixels x one or two vectors of output channels, all
 * accumulators in registers. Each value read is broadcast and multiplied with each weight vector. A pixel's
 * sum is taken in the same order whatever the length of the strip. */

#define STRIP_FUNC(pixels, vectors) \
  static void strip_##pixels##_##vectors (const gfloat *const *taps, guint n_taps, gsize offset, gsize step, \
                                          guint depth, const gfloat *weights, gfloat *out, gsize pitch) \
  { \
    Vector sum[pixels][vectors] = {{{0}}}; \
\
    for (guint t = 0; t < n_taps; t++) { \
      const gfloat *x = taps[t] + offset; \
\
      for (guint k = 0; k < depth; k++, x++, weights += vectors * LANES) { \
        _Pragma ("GCC unroll 16") for (guint p = 0; p < pixels; p++) \
        { \
          _Pragma ("GCC unroll 2") for (guint v = 0; v < vectors; v++) sum[p][v] += \
              *(const Vector *) (weights + v * LANES) * x[p * step]; \
        } \
      } \
    } \
    _Pragma ("GCC unroll 16") for (guint p = 0; p < pixels; p++) \
    { \
      _Pragma ("GCC unroll 2") for (guint v = 0; v < vectors; v++) * \
          (Vector *) (out + p * pitch + v * LANES) = sum[p][v]; \
    } \
  }

#define STRIP_FUNCS(pixels) STRIP_FUNC (pixels, 1) STRIP_FUNC (pixels, 2)
#define STRIP_ENTRY(pixels) \
  { \
    strip_##pixels##_1, strip_##pixels##_2 \
  }

STRIP_FUNCS (1)
STRIP_FUNCS (2)
STRIP_FUNCS (3)
STRIP_FUNCS (4)
#if STRIP >= 6
STRIP_FUNCS (5)
STRIP_FUNCS (6)
#endif
#if STRIP >= 14
STRIP_FUNCS (7)
STRIP_FUNCS (8)
STRIP_FUNCS (9)
STRIP_FUNCS (10)
STRIP_FUNCS (11)
STRIP_FUNCS (12)
STRIP_FUNCS (13)
STRIP_FUNCS (14)
#endif

static const SimdStrip strips[STRIP][2] = {
    STRIP_ENTRY (1),  STRIP_ENTRY (2),  STRIP_ENTRY (3),  STRIP_ENTRY (4),
#if STRIP >= 6
    STRIP_ENTRY (5),  STRIP_ENTRY (6),
#endif
#if STRIP >= 14
    STRIP_ENTRY (7),  STRIP_ENTRY (8),  STRIP_ENTRY (9),  STRIP_ENTRY (10),
    STRIP_ENTRY (11), STRIP_ENTRY (12), STRIP_ENTRY (13), STRIP_ENTRY (14),
#endif
};

/* @n pixels, @step floats apart in every tap, in strips of about the same length; results @pitch floats
 * apart. @block: output channels, one or two vectors. */
void
SIMD (strips) (const gfloat *const *taps, guint n_taps, gsize n, gsize step, guint depth,
               const gfloat *weights, guint block, gfloat *out, gsize pitch)
{
  gsize count = (n + STRIP - 1) / STRIP;

  for (gsize i = 0; i < count; i++) {
    gsize begin = part (n, i, count), end = part (n, i + 1, count);

    strips[end - begin - 1][block / LANES - 1](taps, n_taps, begin * step, step, depth, weights,
                                               out + begin * pitch, pitch);
  }
}
