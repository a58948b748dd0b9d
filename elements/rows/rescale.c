/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Weighted sums of rows and along them. Compiled once per instruction set, as loops.c. Products are added in the
 * order of their weights in every one, so that nothing is rounded otherwise. */

#include "elements/rows/isa.h"

#define LANES VOXEL_ROWS_LANES

#define FROM_8(pixel) ((gfloat) (pixel))
#define FROM_16(pixel) ((gfloat) GUINT16_FROM_LE (pixel))
#define FROM_FLOAT(value) (value)

/* Rounding of weights must not decide whether a half is one. */
#define HALF_OF_MASK (127.5f - 0x1p-8f)

INLINE gfloat
to_float (gfloat value)
{
  return value;
}

INLINE guint8
to_8 (gfloat value)
{
  return (guint8) (gint) MIN (MAX (value + .5f, 0.f), 255.f);
}

INLINE guint16
to_16 (gfloat value)
{
  return GUINT16_TO_LE ((guint16) (gint) MIN (MAX (value + .5f, 0.f), 65535.f));
}

INLINE guint8
to_mask (gfloat value)
{
  return value >= HALF_OF_MASK ? 255 : 0;
}

#define PART 64u

/* Two and four rows, of linear and cubic interpolation, need no sums in memory. */
#define DEFINE_SUM(name, in_type, FROM, out_type, TO) \
  INLINE void name##_few (const in_type *const *rows, const gfloat *weights, guint n, guint width, \
                          out_type *restrict out) \
  { \
    const in_type *a = rows[0], *b = rows[n > 1 ? 1 : 0], *c = rows[n > 2 ? 2 : 0], \
                  *d = rows[n > 3 ? 3 : 0]; \
    const gfloat wa = weights[0], wb = n > 1 ? weights[1] : 0.f, wc = n > 2 ? weights[2] : 0.f, \
                 wd = n > 3 ? weights[3] : 0.f; \
\
    for (guint x = 0; x < width; x++) { \
      gfloat sum = FROM (a[x]) * wa; \
\
      if (n > 1) \
        sum += FROM (b[x]) * wb; \
      if (n > 2) \
        sum += FROM (c[x]) * wc; \
      if (n > 3) \
        sum += FROM (d[x]) * wd; \
      out[x] = TO (sum); \
    } \
  } \
\
  static void name##_many (const in_type *const *rows, const gfloat *weights, guint n, guint width, \
                           out_type *restrict out) \
  { \
    gfloat sums[PART]; \
\
    for (guint from = 0; from < width; from += PART) { \
      guint part = MIN (PART, width - from); \
\
      for (guint x = 0; x < part; x++) \
        sums[x] = FROM (rows[0][from + x]) * weights[0]; \
      for (guint k = 1; k < n; k++) { \
        const in_type *row = rows[k] + from; \
        const gfloat weight = weights[k]; \
\
        for (guint x = 0; x < part; x++) \
          sums[x] += FROM (row[x]) * weight; \
      } \
      for (guint x = 0; x < part; x++) \
        out[from + x] = TO (sums[x]); \
    } \
  } \
\
  void ROWS (name) (const in_type *const *rows, const gfloat *weights, guint n, guint width, out_type *out) \
  { \
    if (n == 1) \
      name##_few (rows, weights, 1, width, out); \
    else if (n == 2) \
      name##_few (rows, weights, 2, width, out); \
    else if (n == 4) \
      name##_few (rows, weights, 4, width, out); \
    else \
      name##_many (rows, weights, n, width, out); \
  }

DEFINE_SUM (sum_8, guint8, FROM_8, gfloat, to_float)
DEFINE_SUM (sum_16, guint16, FROM_16, gfloat, to_float)
DEFINE_SUM (sum_to_8, gfloat, FROM_FLOAT, guint8, to_8)
DEFINE_SUM (sum_to_16, gfloat, FROM_FLOAT, guint16, to_16)
DEFINE_SUM (sum_to_mask, gfloat, FROM_FLOAT, guint8, to_mask)

INLINE gfloat
resample_one (const gfloat *row, const gfloat *weights, guint n, guint width)
{
  gfloat sum = row[0] * weights[0];

  for (guint k = 1; k < n; k++)
    sum += row[k] * weights[(gsize) k * width];
  return sum;
}

#if LANES > 4

typedef gfloat Floats __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));
typedef gint32 Ints __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));

/* Of twice as many floats those that @places say, from 0 on. */
INLINE Floats
pick (Floats low, Floats high, Ints places)
{
#if LANES == 16
  return (Floats) _mm512_permutex2var_ps ((__m512) low, (__m512i) places, (__m512) high);
#else
  __m256 of_low = _mm256_permutevar8x32_ps ((__m256) low, (__m256i) places);
  __m256 of_high = _mm256_permutevar8x32_ps ((__m256) high, (__m256i) places);

  return (Floats) _mm256_blendv_ps (of_low, of_high, (__m256) (Ints) (places > LANES - 1));
#endif
}

/* Neighbours are made of nearly the same floats: two vectors hold all of them, unless many become one. */
INLINE gboolean
resample_vector (const gfloat *row, const gint *first, const gfloat *weights, guint n, guint width,
                 gfloat *out)
{
  Ints places = *(const Ints *) first - first[0];
  Floats low, high, sum;

  if (first[LANES - 1] - first[0] + (gint) n > 2 * LANES)
    return FALSE;
  low = *(const Floats *) (row + first[0]);
  high = *(const Floats *) (row + first[0] + LANES);
  sum = pick (low, high, places) * *(const Floats *) weights;
  for (guint k = 1; k < n; k++)
    sum += pick (low, high, places + (gint) k) * *(const Floats *) (weights + (gsize) k * width);
  *(Floats *) out = sum;
  return TRUE;
}

#endif

void
ROWS (resample) (const gfloat *row, const gint *first, const gfloat *weights, guint n, guint width,
                 gfloat *out)
{
  guint x = 0;

#if LANES > 4
  for (; x + LANES <= width; x += LANES) {
    if (resample_vector (row, first + x, weights + x, n, width, out + x))
      continue;
    for (guint i = x; i < x + LANES; i++)
      out[i] = resample_one (row + first[i], weights + i, n, width);
  }
#endif
  for (; x < width; x++)
    out[x] = resample_one (row + first[x], weights + x, n, width);
}
