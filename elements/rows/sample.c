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

/* Of numbers below 2^32. */
INLINE Longs
multiply (Longs a, Longs b)
{
#if LANES == 8
  return (Longs) _mm512_mul_epu32 ((__m512i) a, (__m512i) b);
#elif LANES == 4
  return (Longs) _mm256_mul_epu32 ((__m256i) a, (__m256i) b);
#else
  return a * b;
#endif
}

/* Bytes from the base to a voxel in @layer. */
INLINE Longs
locate (const VoxelRowsSample *s, Longs layer, const Longs index[3], guint bytes)
{
  Longs brick = multiply (index[1] >> BITS, same (s->row_bricks)) + (index[2] >> BITS);
  Longs inner = (((index[0] & INNER) << BITS | (index[1] & INNER)) << BITS) | (index[2] & INNER);

  return layer + multiply (brick, same (s->brick_bytes)) + (bytes == 2 ? inner << 1 : inner);
}

INLINE Floats
between (Floats a, Floats b, Floats part)
{
  return a + (b - a) * part;
}

INLINE Floats
first_of (Ints voxels, guint bytes)
{
  return __builtin_convertvector(voxels & (bytes == 2 ? 0xffff : 0xff), Floats);
}

INLINE Floats
second_of (Ints voxels, guint bytes)
{
  Ints second = (Ints) ((UInts) voxels >> (8 * bytes));

  return bytes == 2 ? __builtin_convertvector(second, Floats) : first_of (second, bytes);
}

/* Between a voxel and the next along x; where that is in another brick it has an offset of its own. */
INLINE Floats
pair (const VoxelRowsSample *s, Longs at, Longs next, gboolean far, Floats part, guint bytes)
{
  Ints voxels = gather (s->base, at);
  Floats second = far ? first_of (gather (s->base, next), bytes) : second_of (voxels, bytes);

  return between (first_of (voxels, bytes), second, part);
}

/* Which lanes are the last in a brick. */
INLINE Longs
is_last (Longs index)
{
  return (Longs) ((index & INNER) == INNER);
}

/* Pixels mostly lie in the same layer as their neighbours. */
INLINE Longs
find_layers (const VoxelRowsSample *s, Longs z)
{
  Longs layer = z >> BITS;

  return layer[0] == layer[LANES - 1] ? same (s->layers[layer[0]]) : look_up (s->layers, layer);
}

INLINE Ints
linear (const VoxelRowsSample *s, const Longs places[3], guint bytes, gboolean inside)
{
  const gint64 row = VOXEL_BRICK_SIDE * bytes, plane = VOXEL_BRICK_SIDE * row;
  Longs index[3], at, next, below, behind;
  Floats part[3], low, high;
  gboolean far;

  for (guint i = 0; i < 3; i++) {
    Longs place = inside ? places[i] : clamp (places[i], same ((s->shape[i] - 1) << 32));
    Longs last = same (MAX (s->shape[i] - 2, 0));
    Ints bits;

    /* Of the last voxel: the one before, and all of the way to it. */
    index[i] = place >> 32;
    if (!inside)
      index[i] = choose ((Longs) (index[i] > last), last, index[i]);
    /* As many bits as a float holds. */
    bits = inside ? __builtin_convertvector(place >> 8, Ints) & 0xffffff
                  : __builtin_convertvector((place - (index[i] << 32)) >> 8, Ints);
    part[i] = __builtin_convertvector(bits, Floats) * 0x1p-24f;
  }
  at = locate (s, find_layers (s, index[0]), index, bytes);
  behind = same (plane);
  if (any (is_last (index[0]))) {
    Longs layer = index[0] >> BITS;
    Longs far_behind = look_up (s->layers, layer + 1) - look_up (s->layers, layer) - INNER * plane;

    behind = choose (is_last (index[0]), far_behind, behind);
  }
  below = choose (is_last (index[1]), same (s->row_bricks * s->brick_bytes - INNER * row), same (row));
  far = any (is_last (index[2]));
  next = at + choose (is_last (index[2]), same (s->brick_bytes - (gint64) INNER * bytes), same (bytes));
  low = between (pair (s, at, next, far, part[2], bytes),
                 pair (s, at + below, next + below, far, part[2], bytes), part[1]);
  at += behind;
  next += behind;
  high = between (pair (s, at, next, far, part[2], bytes),
                  pair (s, at + below, next + below, far, part[2], bytes), part[1]);
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
  return gather (s->base, locate (s, find_layers (s, index[0]), index, bytes)) & (bytes == 2 ? 0xffff : 0xff);
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

/* Whether all places lie from the first voxel's centre on to before the last one's. */
INLINE gboolean
are_inside (const VoxelRowsSample *s, const Longs places[3])
{
  Longs outside = {0};

  for (guint i = 0; i < 3; i++)
    outside |= (Longs) (places[i] < 0) | (Longs) (places[i] >= same ((s->shape[i] - 1) << 32));
  return !any (outside);
}

INLINE Ints
sample_inside (const VoxelRowsSample *s, const Longs places[3], guint bytes, gboolean is_linear,
               gboolean inside)
{
  return is_linear ? linear (s, places, bytes, inside) : nearest (s, places, bytes, inside);
}

INLINE Ints
sample (const VoxelRowsSample *s, const Longs places[3], guint bytes, gboolean is_linear, gboolean inside)
{
  if (inside || are_inside (s, places))
    return sample_inside (s, places, bytes, is_linear, TRUE);
  return sample_inside (s, places, bytes, is_linear, FALSE) & ~find_outside (s, places);
}

/* Places of the pixels from @x on; those behind the row's end are the last one of it. */
INLINE void
find_places (const gint64 first[3], const gint64 step[3], guint x, guint width, Longs places[3])
{
  Longs pixel = {0};

#pragma GCC unroll 8
  for (guint k = 0; k < LANES; k++)
    pixel[k] = MIN (x + k, width - 1);
  for (guint i = 0; i < 3; i++)
    places[i] = first[i] + pixel * step[i];
}

/* Of the eight voxels around a place, those of one pixel are mostly others' of its neighbours: two corners of each
 * name nearly all cache lines. */
void
ROWS (expect) (const VoxelRowsSample *s, const gint64 first[3], const gint64 step[3], guint width,
               guint bytes)
{
  const gint64 row = VOXEL_BRICK_SIDE * bytes, plane = VOXEL_BRICK_SIDE * row;
  Longs places[3];

  find_places (first, step, 0, LANES, places);
  for (guint x = 0; x + LANES <= width; x += LANES) {
    Longs index[3], at;

    for (guint i = 0; i < 3; i++) {
      index[i] = places[i] >> 32;
      places[i] += LANES * step[i];
    }
    at = locate (s, find_layers (s, index[0]), index, bytes);
    for (guint k = 0; k < LANES; k++) {
      __builtin_prefetch (s->base + at[k]);
      __builtin_prefetch (s->base + at[k] + plane + row);
    }
  }
}

#define DEFINE_SAMPLE(name, bits, is_linear) \
  INLINE void name##_row (const VoxelRowsSample *s, const gint64 first[3], const gint64 step[3], \
                          guint width, guint##bits *out, gboolean inside) \
  { \
    typedef guint##bits Pixels __attribute__ ((vector_size (LANES * (bits / 8)))); \
    const VoxelRowsSample volume = *s; \
    Longs places[3]; \
    Pixels pixels; \
    guint x = 0; \
\
    find_places (first, step, 0, LANES, places); \
    for (; x + LANES <= width; x += LANES) { \
      pixels = __builtin_convertvector(sample (&volume, places, bits / 8, is_linear, inside), Pixels); \
      memcpy (out + x, &pixels, sizeof pixels); \
      for (guint i = 0; i < 3; i++) \
        places[i] += LANES * step[i]; \
    } \
    if (x < width) { \
      find_places (first, step, x, width, places); \
      pixels = __builtin_convertvector(sample (&volume, places, bits / 8, is_linear, inside), Pixels); \
      memcpy (out + x, &pixels, (width - x) * (bits / 8)); \
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
