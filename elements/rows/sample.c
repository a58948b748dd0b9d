/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pixels along a straight line through the bricks of a volume. Compiled once per instruction set, as loops.c. Places
 * are whole numbers and no product is fused with a sum, so that all give the same bits. */

#include "elements/rows/isa.h"

#define LANES VOXEL_ROWS_LANES
#define HALF (LANES / 2)
/* Bits of a place within a brick. */
#define BITS 6
#define INNER (VOXEL_BRICK_SIDE - 1)

G_STATIC_ASSERT (VOXEL_BRICK_SIDE == 1 << BITS);

typedef gint64 Longs __attribute__ ((vector_size (HALF * 8)));
typedef gint32 Ints __attribute__ ((vector_size (LANES * 4)));
typedef guint32 UInts __attribute__ ((vector_size (LANES * 4)));
typedef gint32 HalfInts __attribute__ ((vector_size (HALF * 4)));
typedef gfloat Floats __attribute__ ((vector_size (LANES * 4)));

/* Places of as many pixels as there are lanes, in two vectors an axis. */
typedef struct {
  Longs part[3][2];
} Places;

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

/* Voxels from a layer's first to those of its plane z. */
INLINE Ints
find_plane (Ints z)
{
  return (z & INNER) << (2 * BITS);
}

/* Voxels from a plane's first in the layer's first brick to one of it. */
INLINE Ints
find_in_plane (const VoxelRowsSample *s, Ints y, Ints x)
{
  Ints brick = (y >> BITS) * s->row_bricks + (x >> BITS) * s->bricks;

  return brick << (3 * BITS) | (y & INNER) << BITS | (x & INNER);
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

/* A voxel's place along the axes, and how far behind it the pixel lies. */
typedef struct {
  Ints index[3];
  Floats part[3];
} Cell;

/* Of the last voxel: the one before, and all of the way to it. */
INLINE void
find_cell (const VoxelRowsSample *s, const Places *places, gboolean inside, Cell *cell)
{
  for (guint i = 0; i < 3; i++) {
    Ints index = high_of (places->part[i]),
         last = same ((gint32) (s->end[i] - (s->end[i] - s->begin[i] > 1 ? 2 : 1)));
    /* As many bits as a float holds. */
    Ints bits = (Ints) ((UInts) low_of (places->part[i]) >> 8);

    if (!inside) {
      Ints over = (Ints) (index > last);

      index = choose (over, last, index);
      bits = choose (over, same (1 << 24), bits);
    }
    cell->index[i] = index;
    cell->part[i] = __builtin_convertvector(bits, Floats) * 0x1p-24f;
  }
}

/* The layer that holds the voxels of all lanes and those behind them, or -1: neighbours mostly lie in one. */
INLINE gint
find_layer (Ints z)
{
  gint first = z[0] >> BITS, last = z[LANES - 1] >> BITS;

  return first == last && first == (z[0] + 1) >> BITS && last == (z[LANES - 1] + 1) >> BITS ? first : -1;
}

/* Voxels around the pixel in one plane of constant z: the pair along x in the upper row, then in the lower one. */
typedef struct {
  const guint8 *base;
  Ints layer;
  gboolean scattered;
  Ints plane;
  Ints at[2];
  Ints next[2];
  gboolean far;
} Square;

INLINE Floats
mix_square (const VoxelRowsSample *s, const Square *q, const Cell *cell, guint bytes)
{
  Floats row[2];

#pragma GCC unroll 2
  for (guint i = 0; i < 2; i++) {
    Ints at = q->plane + q->at[i];
    Ints voxels = q->scattered ? gather_layers (s, q->layer, at, bytes) : gather (q->base, at, bytes);
    Floats first = first_of (voxels, bytes), second;

    if (q->far) {
      at = q->plane + q->next[i];
      voxels = q->scattered ? gather_layers (s, q->layer, at, bytes) : gather (q->base, at, bytes);
      second = first_of (voxels, bytes);
    } else {
      second = second_of (voxels, bytes);
    }
    row[i] = between (first, second, cell->part[2]);
  }
  return between (row[0], row[1], cell->part[1]);
}

INLINE Ints
mix_cell (const VoxelRowsSample *s, const Cell *cell, guint bytes, gint layer)
{
  const Ints *index = cell->index;
  Ints y_last = (Ints) ((index[1] & INNER) == INNER), x_last = (Ints) ((index[2] & INNER) == INNER);
  Ints below = choose (y_last, same ((s->row_bricks << (3 * BITS)) - (INNER << BITS)), same (1 << BITS));
  Ints right = choose (x_last, same ((s->bricks << (3 * BITS)) - INNER), same (1));
  Square q = {.scattered = layer < 0, .far = any (x_last)};
  Floats plane[2];

  if (!q.scattered)
    q.base = s->base + s->layers[layer];
  q.at[0] = find_in_plane (s, index[1], index[2]);
  q.at[1] = q.at[0] + below;
  q.next[0] = q.at[0] + right;
  q.next[1] = q.at[1] + right;
#pragma GCC unroll 2
  for (gint i = 0; i < 2; i++) {
    q.plane = find_plane (index[0] + i);
    q.layer = (index[0] + i) >> BITS;
    plane[i] = mix_square (s, &q, cell, bytes);
  }
  return __builtin_convertvector(between (plane[0], plane[1], cell->part[0]) + .5f, Ints);
}

INLINE Ints
linear (const VoxelRowsSample *s, const Places *places, guint bytes, gboolean inside)
{
  Cell cell;
  gint layer;

  find_cell (s, places, inside, &cell);
  layer = find_layer (cell.index[0]);
  return layer >= 0 ? mix_cell (s, &cell, bytes, layer) : mix_cell (s, &cell, bytes, -1);
}

INLINE Ints
nearest (const VoxelRowsSample *s, const Places *places, guint bytes, gboolean inside)
{
  Ints index[3], at;
  gint layer;

  for (guint i = 0; i < 3; i++) {
    const Longs rounded[2] = {places->part[i][0] + VOXEL_ROWS_ONE / 2,
                              places->part[i][1] + VOXEL_ROWS_ONE / 2};

    index[i] = high_of (rounded);
  }
  at = find_plane (index[0]) + find_in_plane (s, index[1], index[2]);
  layer = find_layer (index[0]);
  return (layer >= 0 ? gather (s->base + s->layers[layer], at, bytes)
                     : gather_layers (s, index[0] >> BITS, at, bytes)) &
         (bytes == 2 ? 0xffff : 0xff);
}

INLINE Longs
choose_long (Longs set, Longs yes, Longs no)
{
  return (set & yes) | (~set & no);
}

/* Moves places beyond the outermost voxels' centres there. Returns which lie outside of the volume. */
INLINE Ints
clamp (const VoxelRowsSample *s, Places *places)
{
  Longs outside[2] = {{0}};

  for (guint i = 0; i < 3; i++) {
    const Longs begin = (Longs){0} + s->begin[i] * VOXEL_ROWS_ONE;
    const Longs end = (Longs){0} + s->end[i] * VOXEL_ROWS_ONE;

    for (guint k = 0; k < 2; k++) {
      Longs place = places->part[i][k];

      outside[k] |=
          (Longs) (place < begin - VOXEL_ROWS_ONE / 2) | (Longs) (place >= end - VOXEL_ROWS_ONE / 2);
      place = choose_long ((Longs) (place < begin), begin, place);
      places->part[i][k] = choose_long ((Longs) (place > end - VOXEL_ROWS_ONE), end - VOXEL_ROWS_ONE, place);
    }
  }
  return low_of (outside);
}

INLINE Ints
sample (const VoxelRowsSample *s, const Places *places, guint bytes, gboolean is_linear, gboolean inside)
{
  Places moved = *places;
  Ints outside;

  if (inside)
    return is_linear ? linear (s, places, bytes, TRUE) : nearest (s, places, bytes, TRUE);
  outside = clamp (s, &moved);
  return (is_linear ? linear (s, &moved, bytes, FALSE) : nearest (s, &moved, bytes, FALSE)) & ~outside;
}

/* Places of the pixels from @x on; those behind the row's end are the last one of it. */
INLINE void
find_places (const gint64 first[3], const gint64 step[3], guint x, guint width, Places *places)
{
#pragma GCC unroll 2
  for (guint half = 0; half < 2; half++) {
    Longs pixel = {0};

#pragma GCC unroll 8
    for (guint k = 0; k < HALF; k++)
      pixel[k] = MIN (x + half * HALF + k, width - 1);
    for (guint i = 0; i < 3; i++)
      places->part[i][half] = first[i] + pixel * step[i];
  }
}

INLINE void
move_on (Places *places, const gint64 step[3])
{
  for (guint i = 0; i < 3; i++) {
    places->part[i][0] += LANES * step[i];
    places->part[i][1] += LANES * step[i];
  }
}

/* Of the eight voxels around a place, those of one pixel are mostly others' of its neighbours: two corners of each
 * name nearly all cache lines. */
void
ROWS (expect) (const VoxelRowsSample *s, const gint64 first[3], const gint64 step[3], guint width,
               guint bytes)
{
  const gint64 next = (VOXEL_BRICK_PLANE + VOXEL_BRICK_SIDE) * bytes;
  Places places;

  find_places (first, step, 0, LANES, &places);
  for (guint x = 0; x + LANES <= width; x += LANES, move_on (&places, step)) {
    Ints z = high_of (places.part[0]);
    Ints at = find_plane (z) + find_in_plane (s, high_of (places.part[1]), high_of (places.part[2]));

    for (guint k = 0; k < LANES; k++) {
      const guint8 *voxel = s->base + s->layers[z[k] >> BITS] + (gssize) at[k] * bytes;

      __builtin_prefetch (voxel);
      __builtin_prefetch (voxel + next);
    }
  }
}

#define DEFINE_SAMPLE(name, bits, is_linear) \
  INLINE void name##_row (const VoxelRowsSample *s, const gint64 first[3], const gint64 step[3], \
                          guint width, guint##bits *out, gboolean inside) \
  { \
    typedef guint##bits Pixels __attribute__ ((vector_size (LANES * (bits / 8)))); \
    const VoxelRowsSample volume = *s; \
    Places places; \
    Pixels pixels; \
    guint x = 0; \
\
    find_places (first, step, 0, LANES, &places); \
    for (; x + LANES <= width; x += LANES, move_on (&places, step)) { \
      pixels = __builtin_convertvector(sample (&volume, &places, bits / 8, is_linear, inside), Pixels); \
      memcpy (out + x, &pixels, sizeof pixels); \
    } \
    if (x < width) { \
      find_places (first, step, x, width, &places); \
      pixels = __builtin_convertvector(sample (&volume, &places, bits / 8, is_linear, inside), Pixels); \
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
