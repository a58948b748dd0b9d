/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "mask-bits.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifdef __SSE2__

/* A pixel reaches the threshold where it is the larger of both. */
static inline guint64
pack_word (const guint8 *pixels, guint threshold)
{
  const __m128i least = _mm_set1_epi8 ((gchar) threshold);
  guint64 word = 0;

  for (guint i = 0; i < 4; i++) {
    __m128i some = _mm_loadu_si128 ((const __m128i *) (gconstpointer) (pixels + 16 * i));
    guint bits = (guint) _mm_movemask_epi8 (_mm_cmpeq_epi8 (_mm_max_epu8 (some, least), some));

    word |= (guint64) bits << (16 * i);
  }
  return word;
}

#else

#define EVERY_BYTE G_GUINT64_CONSTANT (0x0101010101010101)
#define HIGH_BITS (EVERY_BYTE << 7)
/* Multiplied with bytes of 0 or 1 it gathers them, the first byte lowest, in the top byte. */
#define GATHER G_GUINT64_CONSTANT (0x0102040810204080)

/* Eight pixels at a time: in the high bit of each byte whether it reaches the threshold. Up to 128 a pixel
 * does so by its high bit or by its low bits alone; above 128 it needs both. */
static inline guint64
reach (guint64 pixels, guint threshold)
{
  guint64 low = (pixels & ~HIGH_BITS) + (threshold > 128 ? 256 - threshold : 128 - threshold) * EVERY_BYTE;

  return (threshold > 128 ? pixels & low : pixels | low) & HIGH_BITS;
}

static inline guint64
pack_word (const guint8 *pixels, guint threshold)
{
  guint64 word = 0;

  for (guint i = 0; i < 8; i++) {
    guint64 eight;

    memcpy (&eight, pixels + 8 * i, 8);
    eight = reach (GUINT64_FROM_LE (eight), threshold);
    word |= (((eight >> 7) * GATHER) >> 56) << (8 * i);
  }
  return word;
}

#endif

/**
 * voxel_mask_bits_pack8:
 * @bits: (out): voxel_mask_bits_words (@width) words
 * @pixels: a row of @width pixels
 * @width: columns
 * @threshold: 1..256; a pixel of at least this value is set
 */
void
voxel_mask_bits_pack8 (guint64 *bits, const guint8 *pixels, gsize width, guint threshold)
{
  gsize words = width / 64;
  guint8 rest[64] = {0};

  g_return_if_fail (threshold >= 1 && threshold <= 256);

  if (threshold > G_MAXUINT8) {
    memset (bits, 0, voxel_mask_bits_words (width) * sizeof *bits);
    return;
  }
  for (gsize i = 0; i < words; i++)
    bits[i] = pack_word (pixels + 64 * i, threshold);
  memcpy (rest, pixels + 64 * words, width % 64);
  bits[words] = pack_word (rest, threshold);
}

/**
 * voxel_mask_bits_pack16:
 * @bits: (out): voxel_mask_bits_words (@width) words
 * @pixels: a row of @width pixels in host order
 * @width: columns
 * @threshold: 1..65536; a pixel of at least this value is set
 */
void
voxel_mask_bits_pack16 (guint64 *bits, const guint16 *pixels, gsize width, guint threshold)
{
  g_return_if_fail (threshold >= 1 && threshold <= 65536);

  for (gsize i = 0; i <= width / 64; i++) {
    gsize n = MIN (64, width - 64 * i);
    guint8 reached[64] = {0};

    for (gsize k = 0; k < n; k++)
      reached[k] = pixels[64 * i + k] > threshold - 1;
    bits[i] = pack_word (reached, 1);
  }
}

/**
 * voxel_mask_bits_count:
 * @bits: a packed mask
 * @words: its words
 *
 * Returns: voxels that are set
 */
guint64
voxel_mask_bits_count (const guint64 *bits, gsize words)
{
  guint64 count = 0;

  for (gsize i = 0; i < words; i++)
    count += (guint) __builtin_popcountll (bits[i]);
  return count;
}

/**
 * voxel_mask_bits_count_both:
 * @a: a packed mask
 * @b: another one of the same size
 * @words: words of each
 *
 * Returns: voxels that are set in both
 */
guint64
voxel_mask_bits_count_both (const guint64 *a, const guint64 *b, gsize words)
{
  guint64 count = 0;

  for (gsize i = 0; i < words; i++)
    count += (guint) __builtin_popcountll (a[i] & b[i]);
  return count;
}
