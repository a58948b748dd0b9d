/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pixels along a straight line through the bricks of a volume. Compiled once per instruction set, as loops.c. Places
 * are whole numbers and no product is fused with a sum, so that all give the same bits. */

#include "elements/rows/isa.h"

#define LANES (VOXEL_ROWS_LANES / 2)
/* Bits of a place within a brick. */
#define BITS 6
#define INNER (VOXEL_BRICK_SIDE - 1)

G_STATIC_ASSERT (VOXEL_BRICK_SIDE == 1 << BITS);

typedef gint64 Longs __attribute__ ((vector_size (LANES * 8)));
typedef gint32 Ints __attribute__ ((vector_size (LANES * 4)));
typedef guint32 UInts __attribute__ ((vector_size (LANES * 4)));
typedef gfloat Floats __attribute__ ((vector_size (LANES * 4)));

/* Four bytes for each lane. */
INLINE Ints
gather (const guint8 *base, Longs offsets)
{
#if LANES == 8
  return (Ints) _mm512_i64gather_epi32 ((__m512i) offsets, base, 1);
#elif LANES == 4
  return (Ints) _mm256_i64gather_epi32 ((const gint *) base, (__m256i) offsets, 1);
#else
  Ints values = {0};

  for (guint i = 0; i < LANES; i++) {
    guint32 value;

    memcpy (&value, base + offsets[i], 4);
    values[i] = (gint32) GUINT32_FROM_LE (value);
  }
  return values;
#endif
}

INLINE Longs
look_up (const gint64 *table, Longs indices)
{
#if LANES == 8
  return (Longs) _mm512_i64gather_epi64 ((__m512i) indices, table, 8);
#elif LANES == 4
  return (Longs) _mm256_i64gather_epi64 ((const long long *) table, (__m256i) indices, 8);
#else
  Longs values = {0};

  for (guint i = 0; i < LANES; i++)
    values[i] = table[indices[i]];
  return values;
#endif
}

/* Whether a lane of a comparison's result is set. */
INLINE gboolean
any (Longs set)
{
#if LANES == 8
  return _mm512_movepi64_mask ((__m512i) set) != 0;
#elif LANES == 4
  return !_mm256_testz_si256 ((__m256i) set, (__m256i) set);
#else
  return (set[0] | set[1]) != 0;
#endif
}

INLINE Longs
choose (Longs set, Longs yes, Longs no)
{
  return (set & yes) | (~set & no);
}

INLINE Longs
same (gint64 value)
{
  return (Longs){0} + value;
}

INLINE Longs
clamp (Longs a, Longs high)
{
  a &= ~(Longs) (a < 0);
  return choose ((Longs) (a > high), high, a);
}

/* Bytes from the base to a voxel. */
INLINE Longs
locate (const VoxelRowsSample *s, const Longs index[3], guint bytes)
{
  Longs inner = (((index[0] & INNER) << BITS | (index[1] & INNER)) << BITS) | (index[2] & INNER);

  return look_up (s->layers, index[0] >> BITS) + (index[1] >> BITS) * s->row_step +
         (index[2] >> BITS) * s->brick_step + (bytes == 2 ? inner << 1 : inner);
}

/* Where to read four bytes that hold a voxel and, in the same row of a brick, the next: none lies behind that row. */
typedef struct {
  Longs at;
  Ints shift;
} Window;

INLINE Window
open_window (Longs at, Longs x, guint bytes)
{
  const gint64 last = VOXEL_BRICK_SIDE - 4 / bytes;
  Longs back = (x & INNER) - last;

  back &= (Longs) (back > 0);
  return (Window){at - back * bytes, __builtin_convertvector(back, Ints) * (gint32) (8 * bytes)};
}

INLINE Ints
read_window (const VoxelRowsSample *s, Window window, Longs step)
{
  return (Ints) ((UInts) gather (s->base, window.at + step) >> (UInts) window.shift);
}

INLINE Floats
between (Floats a, Floats b, Floats part)
{
  return a + (b - a) * part;
}

INLINE Floats
to_floats (Ints values, guint bytes)
{
  return __builtin_convertvector(values & (bytes == 2 ? 0xffff : 0xff), Floats);
}

/* Between a voxel and the next along x, which may lie in another brick. */
INLINE Floats
pair (const VoxelRowsSample *s, const Window *window, const Window *next_window, Longs step, Floats part,
      guint bytes)
{
  Ints both = read_window (s, *window, step);
  Ints next = next_window ? read_window (s, *next_window, step) : both >> (8 * bytes);

  return between (to_floats (both, bytes), to_floats (next, bytes), part);
}

/* Bytes to the next voxel along an axis: @near, but @far out of the last one of a brick. */
INLINE Longs
step_from (Longs index, Longs near, Longs far)
{
  return choose ((Longs) ((index & INNER) == INNER), far, near);
}

INLINE Ints
linear (const VoxelRowsSample *s, const Longs places[3], guint bytes, gboolean inside)
{
  const gint64 row = VOXEL_BRICK_SIDE * bytes, plane = VOXEL_BRICK_SIDE * row;
  Longs index[3], at, step[3];
  Floats part[3], low, high;
  Window window, next_window, *next = NULL;

  for (guint i = 0; i < 3; i++) {
    Longs place = inside ? places[i] : clamp (places[i], same ((s->shape[i] - 1) << 32));
    Longs last = same (MAX (s->shape[i] - 2, 0));

    /* Of the last voxel: the one before, and all of the way to it. */
    index[i] = place >> 32;
    if (!inside)
      index[i] = choose ((Longs) (index[i] > last), last, index[i]);
    part[i] =
        __builtin_convertvector(__builtin_convertvector((place - (index[i] << 32)) >> 8, Ints), Floats) *
        0x1p-24f;
  }
  at = locate (s, index, bytes);
  step[0] = same (plane);
  if (any ((Longs) ((index[0] & INNER) == INNER))) {
    Longs layer = index[0] >> BITS;

    step[0] = step_from (index[0], step[0],
                         look_up (s->layers, layer + 1) - look_up (s->layers, layer) - INNER * plane);
  }
  step[1] = step_from (index[1], same (row), same (s->row_step - INNER * row));
  step[2] = step_from (index[2], same (bytes), same (s->brick_step - (gint64) INNER * bytes));
  window = open_window (at, index[2], bytes);
  if (any ((Longs) ((index[2] & INNER) == INNER))) {
    next_window = open_window (at + step[2], index[2] + 1, bytes);
    next = &next_window;
  }
  low = between (pair (s, &window, next, (Longs){0}, part[2], bytes),
                 pair (s, &window, next, step[1], part[2], bytes), part[1]);
  high = between (pair (s, &window, next, step[0], part[2], bytes),
                  pair (s, &window, next, step[0] + step[1], part[2], bytes), part[1]);
  return __builtin_convertvector(between (low, high, part[0]) + .5f, Ints);
}

INLINE Ints
nearest (const VoxelRowsSample *s, const Longs places[3], guint bytes, gboolean inside)
{
  Longs index[3];

  for (guint i = 0; i < 3; i++) {
    index[i] = (places[i] + VOXEL_ROWS_ONE / 2) >> 32;
    if (!inside)
      index[i] = clamp (index[i], same (s->shape[i] - 1));
  }
  return read_window (s, open_window (locate (s, index, bytes), index[2], bytes), (Longs){0}) &
         (bytes == 2 ? 0xffff : 0xff);
}

/* What lies outside, as all bits of a lane. */
INLINE Ints
find_outside (const VoxelRowsSample *s, const Longs places[3])
{
  Longs outside = {0};

  for (guint i = 0; i < 3; i++) {
    Longs place = places[i] + VOXEL_ROWS_ONE / 2;

    outside |= (Longs) (place < 0) | (Longs) (place >= same (s->shape[i] << 32));
  }
  return __builtin_convertvector(outside, Ints);
}

INLINE Ints
sample (const VoxelRowsSample *s, const Longs places[3], guint bytes, gboolean is_linear, gboolean inside)
{
  Ints values = is_linear ? linear (s, places, bytes, inside) : nearest (s, places, bytes, inside);

  return inside ? values : values & ~find_outside (s, places);
}

/* The pixels behind a row's end are the last one of it. */
#define DEFINE_SAMPLE(name, bits, is_linear) \
  INLINE void name##_row (const VoxelRowsSample *s, const gint64 first[3], const gint64 step[3], \
                          guint width, guint##bits *out, gboolean inside) \
  { \
    typedef guint##bits Pixels __attribute__ ((vector_size (LANES * (bits / 8)))); \
    Longs places[3]; \
\
    for (guint x = 0; x < width; x += LANES) { \
      guint n = MIN (LANES, width - x); \
      Pixels pixels; \
\
      for (guint i = 0; i < 3; i++) { \
        for (guint k = 0; k < LANES; k++) \
          places[i][k] = first[i] + (gint64) (x + MIN (k, n - 1)) * step[i]; \
      } \
      pixels = __builtin_convertvector(sample (s, places, bits / 8, is_linear, inside), Pixels); \
      memcpy (out + x, &pixels, n * (bits / 8)); \
    } \
  } \
\
  void ROWS (name) (const VoxelRowsSample *s, const gint64 first[3], const gint64 step[3], guint width, \
                    gpointer out) \
  { \
    if (s->inside) \
      name##_row (s, first, step, width, out, TRUE); \
    else \
      name##_row (s, first, step, width, out, FALSE); \
  }

DEFINE_SAMPLE (linear_8, 8, TRUE)
DEFINE_SAMPLE (linear_16, 16, TRUE)
DEFINE_SAMPLE (nearest_8, 8, FALSE)
DEFINE_SAMPLE (nearest_16, 16, FALSE)
