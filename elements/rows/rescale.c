/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Weighted sums of rows and along them. Compiled once per instruction set, as loops.c. Products are added in the
 * order of their weights in every one, so that nothing is rounded otherwise. */

#include "elements/rows/isa.h"

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
#define DEFINE_BLEND(name, in_type, FROM, out_type, TO) \
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

DEFINE_BLEND (sum_8, guint8, FROM_8, gfloat, to_float)
DEFINE_BLEND (sum_16, guint16, FROM_16, gfloat, to_float)
DEFINE_BLEND (sum_to_8, gfloat, FROM_FLOAT, guint8, to_8)
DEFINE_BLEND (sum_to_16, gfloat, FROM_FLOAT, guint16, to_16)
DEFINE_BLEND (sum_to_mask, gfloat, FROM_FLOAT, guint8, to_mask)

void
ROWS (resample) (const gfloat *row, const gint *first, const gfloat *weights, guint n, guint width,
                 gfloat *restrict out)
{
  for (guint x = 0; x < width; x++)
    out[x] = row[first[x]] * weights[x];
  for (guint k = 1; k < n; k++) {
    const gfloat *from = row + k, *these = weights + (gsize) k * width;

    for (guint x = 0; x < width; x++)
      out[x] += from[first[x]] * these[x];
  }
}
