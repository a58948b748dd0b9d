/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pixels to the network's input, scores to codes, codes to means: values of their own. No product is fused with
 * a sum, so that all instruction sets give the same bits. */

#include "elements/rows/isa.h"

#define LANES VOXEL_ROWS_LANES

typedef gfloat Floats __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));
typedef gint32 Ints __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));
typedef guint16 Words __attribute__ ((vector_size (LANES * 2), aligned (2), may_alias));

/* As MAX and MIN do it: the second where they are equal. */
INLINE Floats
larger (Floats a, Floats b)
{
#if LANES == 16
  return (Floats) _mm512_max_ps ((__m512) a, (__m512) b);
#elif LANES == 8
  return (Floats) _mm256_max_ps ((__m256) a, (__m256) b);
#elif defined(__SSE2__)
  return (Floats) _mm_max_ps ((__m128) a, (__m128) b);
#else
  Ints first = (Ints) (a > b);

  return (Floats) (((Ints) a & first) | ((Ints) b & ~first));
#endif
}

INLINE Floats
smaller (Floats a, Floats b)
{
#if LANES == 16
  return (Floats) _mm512_min_ps ((__m512) a, (__m512) b);
#elif LANES == 8
  return (Floats) _mm256_min_ps ((__m256) a, (__m256) b);
#elif defined(__SSE2__)
  return (Floats) _mm_min_ps ((__m128) a, (__m128) b);
#else
  Ints first = (Ints) (a < b);

  return (Floats) (((Ints) a & first) | ((Ints) b & ~first));
#endif
}

#if LANES == 4

INLINE Ints
clamp (Ints a, gint32 low, gint32 high)
{
  Ints least = (Ints){0} + low, most = (Ints){0} + high, below = (Ints) (a < least), above;

  a = (a & ~below) | (least & below);
  above = (Ints) (a > most);
  return (a & ~above) | (most & above);
}

#endif

/* Compilers widen words well, bytes one by one. */
INLINE Ints
widen_8 (const guint8 *pixels)
{
#if LANES == 16
  return (Ints) _mm512_cvtepu8_epi32 (_mm_loadu_si128 ((const __m128i *) pixels));
#elif LANES == 8
  return (Ints) _mm256_cvtepu8_epi32 (_mm_loadl_epi64 ((const __m128i *) pixels));
#else
  return (Ints){pixels[0], pixels[1], pixels[2], pixels[3]};
#endif
}

INLINE Ints
widen_16 (const guint16 *pixels)
{
  Words words = *(const Words *) pixels;

#if G_BYTE_ORDER != G_LITTLE_ENDIAN
  words = words << 8 | words >> 8;
#endif
  return __builtin_convertvector(words, Ints);
}

INLINE Floats
preprocess (const VoxelPreprocessMap *map, Ints pixels)
{
  Floats value = (__builtin_convertvector(pixels, Floats) - map->zero) * map->scale;
  Floats low = (Floats){0} + map->low, high = (Floats){0} + map->high;
  Floats inside = smaller (larger (value, low), high);

  return inside + (value - inside) * map->slope;
}

/* The last pixels of a row, which are no whole vector. */
#define DEFINE_PREPROCESS(bits) \
  static void preprocess_##bits (const VoxelPreprocessMap *map, const guint##bits *pixels, guint width, \
                                 gfloat *out) \
  { \
    const VoxelPreprocessMap m = *map; \
    guint x = 0; \
\
    for (; x + LANES <= width; x += LANES) \
      *(Floats *) (out + x) = preprocess (&m, widen_##bits (pixels + x)); \
    if (x < width) { \
      guint##bits last[LANES] = {0}; \
      Floats result; \
\
      memcpy (last, pixels + x, (width - x) * sizeof *pixels); \
      result = preprocess (&m, widen_##bits (last)); \
      memcpy (out + x, &result, (width - x) * sizeof *out); \
    } \
  }

DEFINE_PREPROCESS (8)
DEFINE_PREPROCESS (16)

/* The low halves, little-endian. */
INLINE void
store_words (guint16 *out, Ints values)
{
  Words words = __builtin_convertvector(values, Words);

#if G_BYTE_ORDER != G_LITTLE_ENDIAN
  words = words << 8 | words >> 8;
#endif
  *(Words *) out = words;
}

/* Where a score is no finite number, its product with 0 is none either: @bad becomes a NaN. */
INLINE Floats
code_floats (Floats logits, Floats *bad)
{
  *bad += logits * 0.f;
  return logits * 2048.f + 32768.f;
}

#if LANES >= 8

/* Packing saturates: what is below 0 becomes 0. */
INLINE void
code_pair (const gfloat *logits, guint16 *codes, Floats *bad)
{
  Floats most = (Floats){0} + 65535.f;
  Floats first = smaller (code_floats (*(const Floats *) logits, bad), most);
  Floats second = smaller (code_floats (*(const Floats *) (logits + LANES), bad), most);
#if LANES == 16
  const __m512i order = _mm512_set_epi64 (7, 5, 3, 1, 6, 4, 2, 0);
  __m512i words =
      _mm512_packus_epi32 (_mm512_cvtps_epi32 ((__m512) first), _mm512_cvtps_epi32 ((__m512) second));

  _mm512_storeu_si512 (codes, _mm512_permutexvar_epi64 (order, words));
#else
  __m256i words =
      _mm256_packus_epi32 (_mm256_cvtps_epi32 ((__m256) first), _mm256_cvtps_epi32 ((__m256) second));

  _mm256_storeu_si256 ((__m256i *) codes, _mm256_permute4x64_epi64 (words, _MM_SHUFFLE (3, 1, 2, 0)));
#endif
}

#else

/* Clamped as integers: the bits of floats that are not negative are in the floats' order, all others are
 * negative. Adding 2^23 then leaves the rounded number in the low bits. */
INLINE void
code_vector (const gfloat *logits, guint16 *codes, Floats *bad)
{
  const gint32 highest = 0x477fff00; /* 65535.f */
  Ints bits = clamp ((Ints) code_floats (*(const Floats *) logits, bad), 0, highest);

  store_words (codes, (Ints) ((Floats) bits + 8388608.f) & 0xffff);
}

INLINE void
code_pair (const gfloat *logits, guint16 *codes, Floats *bad)
{
  code_vector (logits, codes, bad);
  code_vector (logits + LANES, codes + LANES, bad);
}

#endif

static gboolean
code (const gfloat *logits, guint width, guint16 *codes)
{
  Floats bad[2] = {{0}, {0}};
  guint x = 0;

  for (; x + 4 * LANES <= width; x += 4 * LANES) {
    code_pair (logits + x, codes + x, &bad[0]);
    code_pair (logits + x + 2 * LANES, codes + x + 2 * LANES, &bad[1]);
  }
  for (guint n; x < width; x += n) {
    gfloat last[2 * LANES] = {0};
    guint16 result[2 * LANES];

    n = MIN (width - x, 2 * LANES);
    memcpy (last, logits + x, n * sizeof *logits);
    code_pair (last, result, &bad[0]);
    memcpy (codes + x, result, n * sizeof *codes);
  }
  bad[0] += bad[1];
  for (guint i = 0; i < LANES; i++)
    if (bad[0][i] != 0.f)
      return FALSE;
  return TRUE;
}

/* (sum + n / 2) / n: one rounding of 1 / n and one of the product err by less than 2^-7 in results up to 2^16,
 * and with that half a unit more the exact quotient is at least 1 / 2n >= 2^-6 from any whole number. */
INLINE Ints
mean_vector (Ints sums, gfloat half, gfloat part)
{
  return __builtin_convertvector((__builtin_convertvector(sums, Floats) + half) * part, Ints);
}

INLINE Ints
sum_vectors (const guint16 *const *rows, guint n, gsize x)
{
  Ints sums = {0};

  for (guint r = 0; r < n; r++)
    sums += widen_16 (rows[r] + x);
  return sums;
}

static void
mean (const guint16 *const *rows, guint n, guint width, guint16 *out)
{
  const gfloat half = (gfloat) (n / 2) + .5f, part = 1.f / (gfloat) n;
  guint x = 0;

  for (; x + 2 * LANES <= width; x += 2 * LANES) {
    Ints first = sum_vectors (rows, n, x), second = sum_vectors (rows, n, x + LANES);

    store_words (out + x, mean_vector (first, half, part));
    store_words (out + x + LANES, mean_vector (second, half, part));
  }
  for (; x < width; x++) {
    guint sum = n / 2;

    for (guint r = 0; r < n; r++)
      sum += GUINT16_FROM_LE (rows[r][x]);
    out[x] = GUINT16_TO_LE ((guint16) (sum / n));
  }
}

#define FROM_LE_8(pixel) (pixel)
#define FROM_LE_16(pixel) GUINT16_FROM_LE (pixel)

/* What compilers turn into vectors well enough. */
#define DEFINE_PIXELS(bits) \
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
    for (guint x = 0; x < width; x++) { \
      guint##bits pixel = FROM_LE_##bits (row[x]); \
\
      most = MAX (most, pixel); \
    } \
    return most < level; \
  }

DEFINE_PIXELS (8)
DEFINE_PIXELS (16)

extern const VoxelRows ROWS (table);
const VoxelRows ROWS (table) = {
    .preprocess_8 = preprocess_8,
    .preprocess_16 = preprocess_16,
    .code = code,
    .mean = mean,
    .any_8 = any_8,
    .any_16 = any_16,
    .below_8 = below_8,
    .below_16 = below_16,
    .transpose = ROWS (transpose),
    .reverse = ROWS (reverse),
    .stretch_8 = ROWS (stretch_8),
    .stretch_16 = ROWS (stretch_16),
    .moments_8 = ROWS (moments_8),
    .moments_16 = ROWS (moments_16),
    .expect = ROWS (expect),
    .linear_8 = ROWS (linear_8),
    .linear_16 = ROWS (linear_16),
    .nearest_8 = ROWS (nearest_8),
    .nearest_16 = ROWS (nearest_16),
    .blend_8 = ROWS (blend_8),
    .finish_8 = ROWS (finish_8),
    .read_8 = ROWS (read_8),
    .read_16 = ROWS (read_16),
    .read_nearest_8 = ROWS (read_nearest_8),
    .move = ROWS (move),
    .tones = &ROWS (tones),
    .sum_8 = ROWS (sum_8),
    .sum_16 = ROWS (sum_16),
    .sum_to_8 = ROWS (sum_to_8),
    .sum_to_16 = ROWS (sum_to_16),
    .sum_to_mask = ROWS (sum_to_mask),
    .resample = ROWS (resample),
};
