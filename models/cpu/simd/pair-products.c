/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/simd/pairs.h"

#if defined(__AVX512BF16__)

/* The inner loop of all products of bf16: sums of @n positions, one or two vectors of output channels each, by the
 * matrix unit where the depth divides into tiles that are not too flat, else by strips as those of strip.c. */

#define STRIP_FUNC(pixels, vectors) \
  static void strip_##pixels##_##vectors (const SimdPairs *pairs, const gchar *windows, \
                                          const gfloat *weights, gfloat *sums, gboolean add) \
  { \
    gsize step = pairs->step; \
    __m512 sum[pixels][vectors]; \
\
    _Pragma ("GCC unroll 16") for (guint p = 0; p < pixels; p++) \
    { \
      _Pragma ("GCC unroll 2") for (guint v = 0; v < vectors; v++) sum[p][v] = \
          add ? _mm512_loadu_ps (sums + p * 2 * LANES + v * LANES) : _mm512_setzero_ps (); \
    } \
    for (guint r = 0; r < pairs->runs; r++) { \
      const gchar *x = windows + pairs->offsets[r]; \
      const gfloat *w = weights + (gsize) r * pairs->weights_depth * vectors * LANES; \
\
      for (guint k = 0; k < pairs->depth; k++, x += 4, w += vectors * LANES) { \
        _Pragma ("GCC unroll 16") for (guint p = 0; p < pixels; p++) \
        { \
          __m512bh pair = (__m512bh) _mm512_set1_epi32 (*(const Unaligned *) (x + p * step)); \
\
          _Pragma ("GCC unroll 2") for (guint v = 0; v < vectors; v++) sum[p][v] = \
              _mm512_dpbf16_ps (sum[p][v], (__m512bh) _mm512_loadu_ps (w + v * LANES), pair); \
        } \
      } \
    } \
    _Pragma ("GCC unroll 16") for (guint p = 0; p < pixels; p++) \
    { \
      _Pragma ("GCC unroll 2") for (guint v = 0; v < vectors; v++) \
          _mm512_storeu_ps (sums + p * 2 * LANES + v * LANES, sum[p][v]); \
    } \
  }

typedef gint32 Unaligned __attribute__ ((aligned (2), may_alias));
typedef void (*Strip) (const SimdPairs *pairs, const gchar *windows, const gfloat *weights, gfloat *sums,
                       gboolean add);

#define EACH(macro) \
  macro (1) macro (2) macro (3) macro (4) macro (5) macro (6) macro (7) macro (8) macro (9) macro (10) \
      macro (11) macro (12) macro (13) macro (14)
#define BOTH(pixels) STRIP_FUNC (pixels, 1) STRIP_FUNC (pixels, 2)
#define ENTRY(pixels) {strip_##pixels##_1, strip_##pixels##_2},

EACH (BOTH)
static const Strip strips[STRIP][2] = {EACH (ENTRY)};

static void
strips_group (const SimdPairs *pairs, const gchar *windows, const gfloat *weights, guint n, gfloat *sums,
              gboolean add)
{
  guint count = (n + STRIP - 1) / STRIP;

  for (guint i = 0; i < count; i++) {
    gsize begin = part (n, i, count), end = part (n, i + 1, count);

    strips[end - begin - 1][pairs->width / LANES - 1](pairs, windows + begin * pairs->step, weights,
                                                      sums + begin * 2 * LANES, add);
  }
}

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
static const Strip tiles[2][2] = {{tiles_1_1, tiles_1_2}, {tiles_2_1, tiles_2_2}};

/* The depth of a tile: as many pairs as divide a run evenly. */
guint
SIMD (pairs_tile) (guint depth)
{
  for (guint n = 16; n >= 8; n--)
    if (depth % n == 0)
      return n;
  return depth < 8 ? depth : 0;
}

/* Before the first group. */
void
SIMD (pairs_begin) (const SimdPairs *pairs)
{
  TileConfig config = {.palette = 1};

  if (!pairs->tile)
    return;
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
  if (pairs->tile)
    _tile_release ();
}

/* How many positions are read, and sums written, for those of @n: whole tiles. */
guint
SIMD (pairs_needed) (const SimdPairs *pairs, guint n)
{
  return pairs->tile ? (n + 15) / 16 * 16 : n;
}

void
SIMD (pairs_group) (const SimdPairs *pairs, const gchar *windows, const gfloat *weights, guint n,
                    gfloat *sums, gboolean add)
{
  if (pairs->tile)
    tiles[n > 16][pairs->width / LANES - 1](pairs, windows, weights, sums, add);
  else
    strips_group (pairs, windows, weights, n, sums, add);
}

#else

guint
SIMD (pairs_tile) (guint depth)
{
  return 0;
}

void
SIMD (pairs_begin) (const SimdPairs *pairs)
{
}

void
SIMD (pairs_end) (const SimdPairs *pairs)
{
}

guint
SIMD (pairs_needed) (const SimdPairs *pairs, guint n)
{
  return n;
}

void
SIMD (pairs_group) (const SimdPairs *pairs, const gchar *windows, const gfloat *weights, guint n,
                    gfloat *sums, gboolean add)
{
  strips_group (pairs, windows, weights, n, sums, add);
}

#endif
#endif
