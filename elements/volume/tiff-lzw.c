/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* LZW as TIFF 6.0 has it, section 13: codes of 9 to 12 bits, the high bit first, which become wider one code
 * early. Every string of the table is one that was written before, or all of it but the last byte was, which is
 * the next one's first: it lies in the output, and the table has to say only where and how long. */

#include "tiff-lzw.h"

#include <string.h>

#define CLEAR 256
#define END 257
/* Where the first code after CLEAR, which makes no string, leaves what nobody looks up; the last place is for
 * strings that find the table full. */
#define FIRST 257
#define MIN_BITS 9
#define MAX_BITS 12
#define MAX_CODES (1 << MAX_BITS)
#define STEP 8

typedef struct {
  guint32 start; /* from the 256 bytes before the output on, which hold the strings of one byte */
  guint32 length;
} String;

static inline guint
read_code (const guint8 *codes, gsize bit, guint bits)
{
  guint32 word;

  memcpy (&word, codes + bit / 8, sizeof word);
  return GUINT32_FROM_BE (word) >> (32 - bits - bit % 8) & ((1u << bits) - 1);
}

/* Eight bytes at a time: what is written beyond is written again. */
static inline void
copy_string (guint8 *to, const guint8 *from, gsize length)
{
  memcpy (to, from, STEP);
  for (gsize i = STEP; G_UNLIKELY (i < length); i += STEP)
    memcpy (to + i, from + i, STEP);
}

/* A string that ends with its own first byte, which is not there before it is written. */
static void
repeat_string (guint8 *to, const guint8 *from, gsize length)
{
  for (gsize i = 0; i < length; i++)
    to[i] = from[i];
}

/**
 * voxel_tiff_lzw_decode:
 * @codes: compressed bytes, with VOXEL_TIFF_LZW_SPARE bytes behind them that may be read
 * @n_codes: of them
 * @bytes: (out): where to; VOXEL_TIFF_LZW_BEFORE bytes before and VOXEL_TIFF_LZW_BEHIND behind are written too
 * @n_bytes: wanted, less than 2^32 - VOXEL_TIFF_LZW_BEFORE
 *
 * Returns: whether @codes hold that many; what follows them is not looked at
 */
gboolean
voxel_tiff_lzw_decode (const guint8 *codes, gsize n_codes, guint8 *bytes, gsize n_bytes)
{
  guint8 *base = bytes - VOXEL_TIFF_LZW_BEFORE;
  gsize at = VOXEL_TIFF_LZW_BEFORE, end = at + n_bytes, bit = 0;
  guint bits = MIN_BITS, next = FIRST;
  String table[MAX_CODES + 1], before = {0, 0};

  for (guint i = 0; i < CLEAR; i++) {
    base[i] = (guint8) i;
    table[i] = (String){i, 1};
  }
  while (at < end) {
    gsize n = (8 * n_codes - bit) / bits; /* codes of this width */

    if (bits < MAX_BITS)
      n = MIN (n, (1u << bits) - 1 - next);
    if (n == 0)
      return FALSE;
    for (; n > 0 && at < end; n--) {
      guint code = read_code (codes, bit, bits);
      String string;

      bit += bits;
      if (code == CLEAR) {
        bits = MIN_BITS;
        next = FIRST;
        break;
      }
      if (code == END || code > next)
        return FALSE;
      table[next] = (String){before.start, before.length + 1};
      string = table[code];
      if (code == next)
        repeat_string (base + at, base + string.start, string.length);
      else
        copy_string (base + at, base + string.start, string.length);
      before = (String){(guint32) at, string.length};
      at += string.length;
      next += next < MAX_CODES;
    }
    bits += bits < MAX_BITS && next == (1u << bits) - 1;
  }
  return TRUE;
}
