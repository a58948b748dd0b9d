/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/pairs.h"

/* The inner loop of all products of bf16: sums of a group of positions, one or two vectors of output channels each,
 * by the matrix unit, or else by strips. */

#if defined(__AMX_BF16__)

/* Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter 18: a tile is 16 rows of 64
 * bytes; tiles 0 to 3 are sums, 4 and 5 positions, 6 and 7 weights. */
typedef struct {
  guint8 palette;
  guint8 start;
  guint8 reserved[14];
  guint16 bytes[16];
  guint8 rows[16];
} TileConfig;

/* Loads are not known to read memory. */
#define BARRIER __asm__ volatile("" ::: "memory")

/* Moves the sums from or to memory. */
#define EACH_SUM(move, positions, vectors) \
  move (0, sums, 2 * LANES * 4); \
  if (vectors == 2) \
    move (1, sums + LANES, 2 * LANES * 4); \
  if (positions == 2) { \
    move (2, sums + 32 * LANES, 2 * LANES * 4); \
    if (vectors == 2) \
      move (3, sums + 33 * LANES, 2 * LANES * 4); \
  }

typedef void (*Tiles) (const SimdPairs *pairs, const gchar *windows, const gfloat *weights, gfloat *sums,
                       gboolean add);

/* 16 or 32 positions by one or two vectors of channels. */
#define TILES_FUNC(positions, vectors) \
  static void tiles_##positions##_##vectors (const SimdPairs *pairs, const gchar *windows, \
                                             const gfloat *weights, gfloat *sums, gboolean add) \
  { \
    gsize step = pairs->step, deep = pairs->tile * 4; \
\
    BARRIER; \
    if (add) { \
      EACH_SUM (_tile_loadd, positions, vectors) \
    } else { \
      _tile_zero (0); \
      _tile_zero (1); \
      _tile_zero (2); \
      _tile_zero (3); \
    } \
    for (guint r = 0; r < pairs->runs; r++) { \
      const gchar *x = windows + pairs->offsets[r]; \
      const gchar *w = (const gchar *) (weights + (gsize) r * pairs->weights_depth * vectors * LANES); \
\
      for (guint k = 0; k < pairs->depth; k += pairs->tile, x += deep, w += deep * vectors * LANES) { \
        _tile_loadd (6, w, vectors *LANES * 4); \
        _tile_loadd (4, x, step); \
        _tile_dpbf16ps (0, 4, 6); \
        if (vectors == 2) { \
          _tile_loadd (7, w + LANES * 4, vectors * LANES * 4); \
          _tile_dpbf16ps (1, 4, 7); \
        } \
        if (positions == 2) { \
          _tile_loadd (5, x + 16 * step, step); \
          _tile_dpbf16ps (2, 5, 6); \
          if (vectors == 2) \
            _tile_dpbf16ps (3, 5, 7); \
        } \
      } \
    } \
    EACH_SUM (_tile_stored, positions, vectors) \
  }

TILES_FUNC (1, 1)
TILES_FUNC (1, 2)
TILES_FUNC (2, 1)
TILES_FUNC (2, 2)
static const Tiles tiles[2][2] = {{tiles_1_1, tiles_1_2}, {tiles_2_1, tiles_2_2}};

/* As many as divide a run evenly: what lies behind it may be no numbers, which zeros do not take away. */
static guint
tile_depth (const SimdPairs *pairs)
{
  guint n = 16;

  while (pairs->depth % n)
    n--;
  return n;
}

void
SIMD (pairs_begin) (SimdPairs *pairs)
{
  TileConfig config = {.palette = 1};

  pairs->tile = tile_depth (pairs);
  for (guint i = 0; i < 8; i++) {
    config.rows[i] = i < 6 ? 16 : pairs->tile;
    config.bytes[i] = i == 4 || i == 5 ? pairs->tile * 4 : 64;
  }
  BARRIER;
  _tile_loadconfig (&config);
}

void
SIMD (pairs_end) (const SimdPairs *pairs)
{
  _tile_release ();
}

guint
SIMD (pairs_needed) (guint n)
{
  return (n + 15) / 16 * 16;
}

void
SIMD (pairs_group) (const SimdPairs *pairs, const gchar *windows, const gfloat *weights, guint n,
                    gfloat *sums, gboolean add)
{
  tiles[n > 16][pairs->width / LANES - 1](pairs, windows, weights, sums, add);
}

#elif defined(__AVX512BF16__)

void
SIMD (pairs_begin) (SimdPairs *pairs)
{
}

void
SIMD (pairs_end) (const SimdPairs *pairs)
{
}

guint
SIMD (pairs_needed) (guint n)
{
  return n;
}

void
SIMD (pairs_group) (const SimdPairs *pairs, const gchar *windows, const gfloat *weights, guint n,
                    gfloat *sums, gboolean add)
{
  /* Weights of neighbouring runs follow one another, unless they are those of a slice of the channels. */
  guint at_once = pairs->weights_depth == pairs->depth ? pairs->runs : 1;
  const gfloat *taps[VOXEL_CPU_MAX_TAPS];

  for (guint r = 0; r < pairs->runs; r++)
    taps[r] = (const gfloat *) (windows + pairs->offsets[r]);
  for (guint r = 0; r < pairs->runs; r += at_once)
    SIMD (strips)
  (taps + r, at_once, n, pairs->step / sizeof (gfloat), pairs->depth,
   weights + (gsize) r * pairs->weights_depth * pairs->width, pairs->width, sums, 2 * LANES, TRUE, add || r);
}

#endif
