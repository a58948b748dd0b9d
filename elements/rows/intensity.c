/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Intensities along a straight line, and their moments. Compiled once per instruction set, as loops.c. */

#include "elements/rows/isa.h"

#define FROM_LE_8(pixel) (pixel)
#define FROM_LE_16(pixel) GUINT16_FROM_LE (pixel)

/* A line's values are multiples of 1 / span, which is above 2^-17: this leaves no half to how the product is
 * rounded, and reaches no other value. */
#define HALF (.5 + 0x1p-30)

#define DEFINE_STRETCH(bits) \
  void ROWS (stretch_##bits) (const VoxelRowsStretch *line, const guint16 *restrict pixels, guint width, \
                              guint##bits *restrict out) \
  { \
    const VoxelRowsStretch l = *line; \
\
    for (guint x = 0; x < width; x++) { \
      gint above = MAX ((gint) GUINT16_FROM_LE (pixels[x]) - l.low, 0), inside = MIN (above, l.span); \
\
      out[x] = FROM_LE_##bits ((guint##bits) (gint) ((gdouble) inside * l.scale + HALF)); \
    } \
  }

DEFINE_STRETCH (8)
DEFINE_STRETCH (16)

/* The sum of as many values, and that of as many squares of bytes, stays below 2^32. */
#define PART 32768u
#define SQUARES_8 guint32
#define SQUARES_16 guint64

#define DEFINE_MOMENTS(bits) \
  void ROWS (moments_##bits) (const guint##bits *row, guint width, guint64 *sum, guint64 *squares) \
  { \
    for (guint from = 0, n; from < width; from += n) { \
      guint32 values = 0; \
      SQUARES_##bits products = 0; \
\
      n = MIN (width - from, PART); \
      for (guint x = from; x < from + n; x++) { \
        guint32 value = FROM_LE_##bits (row[x]); \
\
        values += value; \
        products += (SQUARES_##bits) value * value; \
      } \
      *sum += values; \
      *squares += products; \
    } \
  }

DEFINE_MOMENTS (8)
DEFINE_MOMENTS (16)
