/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What augmentation does to intensities. Compiled once per instruction set, as loops.c. */

#include "elements/rows/isa.h"

/* Whole vectors of words and floats. */
#define BYTES (VOXEL_ROWS_LANES * 4)

typedef guint16 Words __attribute__ ((vector_size (BYTES), aligned (2), may_alias));
typedef guint8 Halves __attribute__ ((vector_size (BYTES / 2), aligned (1), may_alias));
typedef gfloat Floats __attribute__ ((vector_size (BYTES), aligned (4), may_alias));

#if VOXEL_ROWS_LANES == 16

/* Half a table at a time: two permutations of bytes and a choice by the highest bit. Processors with AVX-512 of the
 * first years lack it. */
__attribute__ ((target ("avx512vbmi"))) static guint
map_vectors (const guint8 *table, guint8 *row, guint width)
{
  const __m512i a = _mm512_loadu_si512 (table), b = _mm512_loadu_si512 (table + 64),
                c = _mm512_loadu_si512 (table + 128), d = _mm512_loadu_si512 (table + 192);
  guint x = 0;

  for (; x + 64 <= width; x += 64) {
    __m512i pixels = _mm512_loadu_si512 (row + x), low = _mm512_permutex2var_epi8 (a, pixels, b),
            high = _mm512_permutex2var_epi8 (c, pixels, d);

    _mm512_storeu_si512 (row + x, _mm512_mask_blend_epi8 (_mm512_movepi8_mask (pixels), low, high));
  }
  return x;
}

#define MAP_VECTORS(table, row, width) \
  (__builtin_cpu_supports ("avx512vbmi") ? map_vectors (table, row, width) : 0)

#else
#define MAP_VECTORS(table, row, width) 0
#endif

static void
map_8 (const guint8 *table, guint8 *row, guint width)
{
  guint x = MAP_VECTORS (table, row, width);

  for (; x + 4 <= width; x += 4) {
    guint8 a = table[row[x]], b = table[row[x + 1]], c = table[row[x + 2]], d = table[row[x + 3]];

    row[x] = a;
    row[x + 1] = b;
    row[x + 2] = c;
    row[x + 3] = d;
  }
  for (; x < width; x++)
    row[x] = table[row[x]];
}

INLINE gint32
bits_of (gfloat value)
{
  gint32 bits;

  memcpy (&bits, &value, sizeof bits);
  return bits;
}

INLINE gfloat
float_of (gint32 bits)
{
  gfloat value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

/* Logarithm to base 2: 2 / ln 2 artanh ((m - 1) / (m + 1)) of the mantissa m, taken from sqrt(.5) to sqrt(2). */
INLINE gfloat
log2_of (gfloat x)
{
  gint32 bits = bits_of (x), exponent = (bits - 0x3f3504f3) >> 23;
  gfloat m = float_of (bits - (gint32) ((guint32) exponent << 23)), s = (m - 1) / (m + 1), q = s * s;

  return (gfloat) exponent +
         s * (2.8853900f + q * (.96179670f + q * (.57707802f + q * (.41219858f + q * .32059890f))));
}

/* 2 to the power of @x, not above 0: Taylor's series about whole numbers. Nonsense below -126. */
INLINE gfloat
exp2_of (gfloat x)
{
  gint32 rounded = (gint32) (x - .5f), whole = MAX (rounded, -126);
  gfloat f = x - (gfloat) whole;
  gfloat part =
      1 +
      f * (.69314718f + f * (.24022651f + f * (.055504109f +
                                               f * (.0096181291f + f * (.0013333558f + f * .00015403530f)))));

  return float_of (bits_of (part) + (gint32) ((guint32) whole << 23));
}

static void
power (gfloat *restrict intensities, guint n, gfloat exponent)
{
  for (guint i = 0; i < n; i++) {
    gfloat x = intensities[i], y = exponent * log2_of (x);
    gint32 visible = -(gint32) ((x > 0) & (y > -126)); /* no branch, so that vectors are made of it */

    intensities[i] = float_of (bits_of (exp2_of (y)) & visible);
  }
}

static void
line (gfloat *restrict intensities, guint n, gfloat scale, gfloat shift)
{
  for (guint i = 0; i < n; i++) {
    gfloat value = intensities[i] * scale + shift;

    value = value > 0 ? value : 0;
    intensities[i] = value < 1 ? value : 1;
  }
}

static void
floats_16 (const guint16 *restrict row, guint width, gfloat scale, gfloat *restrict out)
{
  for (guint x = 0; x < width; x++)
    out[x] = (gfloat) (gint32) GUINT16_FROM_LE (row[x]) * scale;
}

static void
pixels_16 (const gfloat *restrict row, guint width, gfloat scale, guint16 *restrict out)
{
  for (guint x = 0; x < width; x++) {
    gint32 pixel = (gint32) (row[x] * scale + .5f);

    out[x] = GUINT16_TO_LE ((guint16) MIN (pixel, 65535));
  }
}

static void
widen_8 (const guint8 *restrict row, guint width, guint shift, guint16 *restrict out)
{
  for (guint x = 0; x < width; x++)
    out[x] = GUINT16_TO_LE ((guint16) (row[x] << shift));
}

static void
narrow_8 (const guint16 *restrict row, guint width, guint shift, guint8 *restrict out)
{
  const guint16 half = (guint16) (1u << shift >> 1);

  for (guint x = 0; x < width; x++)
    out[x] = (guint8) ((guint16) (GUINT16_FROM_LE (row[x]) + half) >> shift);
}

INLINE Words
swapped (Words words)
{
#if G_BYTE_ORDER != G_LITTLE_ENDIAN
  words = words << 8 | words >> 8;
#endif
  return words;
}

/* The upper halves of products. */
INLINE Words
upper (Words a, guint16 factor)
{
#if VOXEL_ROWS_LANES == 16
  return (Words) _mm512_mulhi_epu16 ((__m512i) a, _mm512_set1_epi16 ((gshort) factor));
#elif VOXEL_ROWS_LANES == 8
  return (Words) _mm256_mulhi_epu16 ((__m256i) a, _mm256_set1_epi16 ((gshort) factor));
#elif defined(__SSE2__)
  return (Words) _mm_mulhi_epu16 ((__m128i) a, _mm_set1_epi16 ((gshort) factor));
#else
  for (guint i = 0; i < BYTES / 2; i++)
    a[i] = (guint16) ((guint32) a[i] * factor >> 16);
  return a;
#endif
}

/* The product with 1 / n, made larger by less than 2^-16, is larger by less than 255 n / 65536: below 1 / n, which is
 * what a sum that is no multiple of n lacks at least, for n up to 16. */
INLINE Halves
mean_of (const guint16 *const *rows, guint n, guint x)
{
  Words sum = (Words){0} + (guint16) (n / 2);

  for (guint i = 0; i < n; i++)
    sum += swapped (*(const Words *) (rows[i] + x));
  return __builtin_convertvector(upper (sum, (guint16) (65535 / n + 1)), Halves);
}

static void
mean_8 (const guint16 *const *rows, guint n, guint width, guint8 *out)
{
  const guint step = BYTES / 2;
  guint x = 0;

  if (n == 1) {
    narrow_8 (rows[0], width, 0, out);
    return;
  }
  for (; x + step <= width; x += step)
    *(Halves *) (out + x) = mean_of (rows, n, x);
  if (x < width) {
    Halves last = mean_of (rows, n, x);

    memcpy (out + x, &last, width - x);
  }
}

/* Half a unit is lost in every term on the average: it comes back at the start. */
static void
weigh_8 (const guint16 *const *before, const guint16 *const *behind, const guint16 *weights, guint n,
         guint width, guint16 *out)
{
  const guint step = BYTES / 2;

  for (guint x = 0; x < width; x += 2 * step) {
    Words first = (Words){0} + (guint16) (n / 2), second = first;

    for (guint i = 0; i < n; i++) {
      const guint16 *a = before[i] + x, *b = behind[i] + x;

      first += upper (swapped (*(const Words *) a) + swapped (*(const Words *) b), weights[i]);
      second +=
          upper (swapped (*(const Words *) (a + step)) + swapped (*(const Words *) (b + step)), weights[i]);
    }
    *(Words *) (out + x) = swapped (first);
    *(Words *) (out + x + step) = swapped (second);
  }
}

static void
weigh_16 (const gfloat *const *before, const gfloat *const *behind, const gfloat *weights, guint n,
          guint width, gfloat *out)
{
  const guint step = BYTES / 4;

  for (guint x = 0; x < width; x += 2 * step) {
    Floats first = {0}, second = {0};

    for (guint i = 0; i < n; i++) {
      const gfloat *a = before[i] + x, *b = behind[i] + x;

      first += (*(const Floats *) a + *(const Floats *) b) * weights[i];
      second += (*(const Floats *) (a + step) + *(const Floats *) (b + step)) * weights[i];
    }
    *(Floats *) (out + x) = first;
    *(Floats *) (out + x + step) = second;
  }
}

/* A number of 32 bits from its place: A. Appleby's finaliser of MurmurHash3, with a key before each product. */
INLINE guint32
scatter (guint32 position, guint32 key, guint32 other_key)
{
  guint32 x = position ^ key;

  x = (x ^ x >> 16) * 0x85ebca6bu;
  x = (x ^ x >> 13 ^ other_key) * 0xc2b2ae35u;
  return x ^ x >> 16;
}

/* The sum of four bytes is nearly normal; an odd polynomial, fitted to the normal distribution's quantiles, bends it
 * to variance 1 and fourth moment 2.997. It is at most .0007 from the distribution function and ends at 4.4. */
INLINE gfloat
normal (guint32 word)
{
  guint32 pairs = (word & 0x00ff00ffu) + (word >> 8 & 0x00ff00ffu);
  gfloat t = (gfloat) ((gint32) ((pairs & 0xffffu) + (pairs >> 16)) - 510) * (1.f / 510), q = t * t;

  return t * (3.3393661f + q * (.16441882f + q * .93175931f));
}

#define FROM_LE_8(pixel) (pixel)
#define FROM_LE_16(pixel) GUINT16_FROM_LE (pixel)

#define DEFINE_NOISE(bits) \
  static void noise_##bits (const VoxelToneNoise *noise, guint32 position, guint##bits *restrict row, \
                            guint width) \
  { \
    const VoxelToneNoise n = *noise; \
    const gfloat shift = n.shift + .5f; \
\
    for (guint x = 0; x < width; x++) { \
      gfloat value = (gfloat) (gint32) FROM_LE_##bits (row[x]) * n.scale + shift + \
                     normal (scatter (position + x, n.keys[0], n.keys[1])) * n.amplitude; \
      gint32 pixel = (gint32) value; \
\
      pixel = MIN (MAX (pixel, 0), (gint32) G_MAXUINT##bits); \
      row[x] = FROM_LE_##bits ((guint##bits) pixel); \
    } \
  }

DEFINE_NOISE (8)
DEFINE_NOISE (16)

const VoxelToneRows ROWS (tones) = {
    .map_8 = map_8,
    .power = power,
    .line = line,
    .floats_16 = floats_16,
    .pixels_16 = pixels_16,
    .widen_8 = widen_8,
    .narrow_8 = narrow_8,
    .mean_8 = mean_8,
    .weigh_8 = weigh_8,
    .weigh_16 = weigh_16,
    .noise_8 = noise_8,
    .noise_16 = noise_16,
};
