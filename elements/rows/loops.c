/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Compiled once per instruction set, with VOXEL_ROWS_ISA (part of the name) defined by the build. Plain loops
 * that compilers turn into vectors; no products are fused with sums, so that all give the same bits. */

#include "elements/rows/rows.h"

#include <math.h>

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_ (a, b)

/* Pixels whose sums stay in registers while the rows are gone through. */
#define CHUNK 64

static inline gfloat
preprocess (const VoxelPreprocessMap *map, gfloat pixel)
{
  gfloat value = (pixel - map->zero) * map->scale;
  gfloat above = value > map->low ? value : map->low;
  gfloat inside = above < map->high ? above : map->high;

  return inside + (value - inside) * map->slope;
}

#define DEFINE_PIXELS(bits) \
  static void preprocess_##bits (const VoxelPreprocessMap *map, const guint##bits *restrict pixels, \
                                 guint width, gfloat *restrict out) \
  { \
    const VoxelPreprocessMap m = *map; \
\
    for (guint x = 0; x < width; x++) \
      out[x] = preprocess (&m, (gfloat) (gint) FROM_LE_##bits (pixels[x])); \
  } \
\
  static void any_##bits (const guint##bits *restrict row, guint width, guint threshold, \
                          guint8 *restrict mask) \
  { \
    const guint##bits least = (guint##bits) threshold; \
    const guint8 set = threshold > G_MAXUINT##bits ? 0 : 255; \
\
    for (guint x = 0; x < width; x++) \
      mask[x] = (guint8) ((FROM_LE_##bits (row[x]) >= least ? set : 0) | (mask[x] & 128 ? 255 : 0)); \
  } \
\
  static gboolean below_##bits (const guint##bits *row, guint width, guint level) \
  { \
    guint##bits most = 0; \
\
    for (guint x = 0; x < width; x++) \
      most = MAX (most, FROM_LE_##bits (row[x])); \
    return most < level; \
  }

#define FROM_LE_8(x) (x)
#define FROM_LE_16(x) GUINT16_FROM_LE (x)

DEFINE_PIXELS (8)
DEFINE_PIXELS (16)

/* Adding 2^23 leaves the rounded integer in a float's low bits, so the loop is one of plain float and integer
 * operations that every vector unit has. */
static gboolean
code (const gfloat *restrict logits, guint width, guint16 *restrict codes)
{
  const gfloat magic = 8388608.f;
  gint bad = 0;

  for (guint x = 0; x < width; x++) {
    gfloat value = logits[x] * 2048.f + 32768.f;
    union {
      gfloat number;
      guint32 bits;
    } sum;

    bad |= !(fabsf (logits[x]) <= G_MAXFLOAT);
    value = value > 0.f ? value : 0.f;
    value = value < 65535.f ? value : 65535.f;
    sum.number = value + magic;
    codes[x] = GUINT16_TO_LE ((guint16) (sum.bits & 0xffff));
  }
  return !bad;
}

#define DEFINE_COMBINE(name, how) \
  static void name (const guint16 *const *rows, guint n, guint width, guint32 *restrict sums) \
  { \
    guint x = 0; \
\
    for (; x + CHUNK <= width; x += CHUNK) { \
      guint32 chunk[CHUNK] = {0}; \
\
      for (guint r = 0; r < n; r++) { \
        const guint16 *row = rows[r] + x; \
\
        for (guint i = 0; i < CHUNK; i++) \
          chunk[i] = how (chunk[i], GUINT16_FROM_LE (row[i])); \
      } \
      for (guint i = 0; i < CHUNK; i++) \
        sums[x + i] = chunk[i]; \
    } \
    for (; x < width; x++) { \
      sums[x] = 0; \
      for (guint r = 0; r < n; r++) \
        sums[x] = how (sums[x], GUINT16_FROM_LE (rows[r][x])); \
    } \
  }

#define PLUS(a, b) ((a) + (b))
#define MOST(a, b) MAX (a, (guint32) (b))

DEFINE_COMBINE (sum, PLUS)
DEFINE_COMBINE (most, MOST)

/* A sum of 32 codes and its rounding stay below 2^22: float division has the same whole part as the exact
 * one, whose distance from the next integer is at least 1/32. */
static void
mean (const guint32 *restrict sums, guint n, guint width, guint16 *restrict out)
{
  const gfloat count = (gfloat) n, half = (gfloat) (n / 2);

  for (guint x = 0; x < width; x++)
    out[x] = GUINT16_TO_LE ((guint16) (gint) (((gfloat) (gint) sums[x] + half) / count));
}

extern const VoxelRows JOIN (voxel_rows, VOXEL_ROWS_ISA);
const VoxelRows JOIN (voxel_rows, VOXEL_ROWS_ISA) = {
    .preprocess_8 = preprocess_8,
    .preprocess_16 = preprocess_16,
    .code = code,
    .sum = sum,
    .most = most,
    .mean = mean,
    .any_8 = any_8,
    .any_16 = any_16,
    .below_8 = below_8,
    .below_16 = below_16,
};
