/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pictures read between their pixels. Compiled once per instruction set, as loops.c. */

#include "elements/rows/isa.h"

#define FROM_LE_8(pixel) (pixel)
#define FROM_LE_16(pixel) GUINT16_FROM_LE (pixel)

/* Rows of 8-bit pixels are blended in integers: value * 64, weight * 2^15, the product rounded to value * 64 again. The
 * sum of a cubic's weights by magnitude is at most 1.375: its square times 255 * 64 stays below 2^15. */
#define VALUE_BITS 6

INLINE gint16
to_weight (gfloat weight)
{
  return (gint16) MIN ((gint) (weight * 32768 + (weight < 0 ? -.5f : .5f)), 32767);
}

/* Compilers know the instruction that does this. */
INLINE gint16
times (gint16 a, gint16 b)
{
  return (gint16) ((((gint32) a * b >> 14) + 1) >> 1);
}

INLINE void
blend_8 (const guint8 *const *rows, const gfloat *weights, guint taps, guint width, gint16 *restrict out)
{
  const guint8 *r[4];
  gint16 w[4];

  for (guint k = 0; k < taps; k++) {
    r[k] = rows[k];
    w[k] = to_weight (weights[k]);
  }
  for (guint x = 0; x < width; x++) {
    gint16 sum = 0;

    for (guint k = 0; k < taps; k++)
      sum = (gint16) (sum + times ((gint16) (r[k][x] << VALUE_BITS), w[k]));
    out[x] = sum;
  }
}

INLINE void
finish_8 (const gint16 *const *rows, const gfloat *weights, guint taps, guint width, guint8 *restrict out)
{
  const gint16 *r[4];
  gint16 w[4];

  for (guint k = 0; k < taps; k++) {
    r[k] = rows[k];
    w[k] = to_weight (weights[k]);
  }
  for (guint x = 0; x < width; x++) {
    gint16 sum = 1 << (VALUE_BITS - 1);

    for (guint k = 0; k < taps; k++)
      sum = (gint16) (sum + times (r[k][x], w[k]));
    sum = (gint16) (sum >> VALUE_BITS);
    out[x] = (guint8) CLAMP (sum, 0, 255);
  }
}

/* Those of 16-bit pixels as floats. */
INLINE void
blend_16 (const guint16 *const *rows, const gfloat *weights, guint taps, guint width, gfloat *restrict out)
{
  for (guint x = 0; x < width; x++) {
    gfloat sum = 0;

    for (guint k = 0; k < taps; k++)
      sum += (gfloat) GUINT16_FROM_LE (rows[k][x]) * weights[k];
    out[x] = sum;
  }
}

INLINE void
finish_16 (const gfloat *const *rows, const gfloat *weights, guint taps, guint width, guint16 *restrict out)
{
  for (guint x = 0; x < width; x++) {
    gfloat sum = .5f;

    for (guint k = 0; k < taps; k++)
      sum += rows[k][x] * weights[k];
    sum = sum > 0 ? sum : 0;
    sum = sum < 65535 ? sum : 65535;
    out[x] = GUINT16_TO_LE ((guint16) (gint32) sum);
  }
}

#define DEFINE_BLEND(name, In, Out) \
  void ROWS (name) (const In *const *rows, const gfloat *weights, guint taps, guint width, Out *out) \
  { \
    if (taps == 4) \
      name (rows, weights, 4, width, out); \
    else \
      name (rows, weights, 2, width, out); \
  }

DEFINE_BLEND (blend_8, guint8, gint16)
DEFINE_BLEND (finish_8, gint16, guint8)
DEFINE_BLEND (blend_16, guint16, gfloat)
DEFINE_BLEND (finish_16, gfloat, guint16)

/* Positions come in 1/4096 of a pixel, and are read at the nearest 1/32, as in OpenCV's remap. */
#define FINE_BITS 12
#define PLACE_BITS 5
#define ROUNDING (1 << (FINE_BITS - PLACE_BITS - 1))

/* Four weights * 2^14 along x give value * 2^14 of each row; of that value * 64 is kept, times 2^14 along y. */
INLINE guint8
read_8 (const guint8 *at, gssize stride, const gint16 *along_x, const gint16 *along_y, guint from, guint end)
{
  gint32 sum = 1 << 19;

  for (guint r = from; r < end; r++) {
    const guint8 *row = at + ((gssize) r - 1) * stride - 1;
    gint32 value = 0;

    for (guint k = 0; k < 4; k++)
      value += row[k] * along_x[k];
    sum += ((value + 128) >> 8) * along_y[r];
  }
  return (guint8) CLAMP (sum >> 20, 0, 255);
}

INLINE guint16
read_16 (const guint16 *at, gssize stride, const gint16 *along_x, const gint16 *along_y, guint from,
         guint end)
{
  gfloat sum = 32768.5f;

  for (guint r = from; r < end; r++) {
    const guint16 *row = (const guint16 *) ((const guint8 *) at + ((gssize) r - 1) * stride) - 1;
    gint32 value = 0;

    for (guint k = 0; k < 4; k++)
      value += (GUINT16_FROM_LE (row[k]) - 32768) * along_x[k];
    sum += (gfloat) value * ((gfloat) along_y[r] * 0x1p-28f);
  }
  sum = sum > 0 ? sum : 0;
  sum = sum < 65535 ? sum : 65535;
  return GUINT16_TO_LE ((guint16) (gint32) sum);
}

#define DEFINE_READ(bits) \
  void ROWS (read_##bits) (const VoxelRowsPlaces *places, const VoxelRowsKernel *kernel, guint width, \
                           guint##bits *out) \
  { \
    const guint from = kernel->linear ? 1 : 0, end = kernel->linear ? 3 : 4; \
\
    for (guint i = 0; i < width; i++) { \
      gint32 x = (places->x[i] + places->x_more + ROUNDING) >> (FINE_BITS - PLACE_BITS); \
      gint32 y = (places->y[i] + places->y_more + ROUNDING) >> (FINE_BITS - PLACE_BITS); \
      const guint8 *at = places->pixels + (gssize) (y >> PLACE_BITS) * places->stride + \
                         (gssize) (x >> PLACE_BITS) * (bits / 8); \
\
      out[i] = read_##bits ((const guint##bits *) at, places->stride, kernel->weights[x & 31], \
                            kernel->weights[y & 31], from, end); \
    } \
  }

DEFINE_READ (8)
DEFINE_READ (16)

void
ROWS (read_nearest_8) (const VoxelRowsPlaces *places, guint width, guint8 *out)
{
  for (guint i = 0; i < width; i++) {
    gssize x = (places->x[i] + places->x_more + (1 << (FINE_BITS - 1))) >> FINE_BITS;
    gssize y = (places->y[i] + places->y_more + (1 << (FINE_BITS - 1))) >> FINE_BITS;

    out[i] = places->pixels[y * places->stride + x];
  }
}
