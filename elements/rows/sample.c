/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pixels along a straight line through the bricks of a volume. Compiled once per instruction set, as loops.c. Places
 * are whole numbers and no product is fused with a sum, so that all give the same bits. */

#include "elements/rows/gather.h"

/* Bits of a place within a brick. */
#define BITS 6
#define INNER (VOXEL_BRICK_SIDE - 1)

G_STATIC_ASSERT (VOXEL_BRICK_SIDE == 1 << BITS);

/* Places of as many pixels as there are lanes, in two vectors an axis. */
typedef struct {
  Longs part[3][2];
} Places;

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
