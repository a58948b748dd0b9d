/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tiff-pixels.h"

#include <string.h>

/**
 * voxel_tiff_row_bytes:
 * @bits: 1, 8, 12 or 16
 * @width: pixels of a row
 *
 * Returns: bytes of a row in the file; rows begin at whole bytes
 */
gsize
voxel_tiff_row_bytes (guint bits, guint width)
{
  return ((gsize) width * bits + 7) / 8;
}

/**
 * voxel_tiff_pixel_bytes:
 * @bits: 1, 8, 12 or 16
 *
 * Returns: bytes of a pixel once unpacked: 1 (GRAY8) or 2 (GRAY16_LE)
 */
guint
voxel_tiff_pixel_bytes (guint bits)
{
  return bits > 8 ? 2 : 1;
}

static void
unpack_1 (const guint8 *row, guint first, guint count, guint8 *pixels)
{
  for (guint i = 0; i < count; i++) {
    guint x = first + i;

    pixels[i] = row[x / 8] & (0x80 >> x % 8) ? 255 : 0;
  }
}

/* Two samples lie in three bytes, the high bits first. */
static void
unpack_12 (const guint8 *row, guint first, guint count, guint8 *pixels)
{
  guint16 *values = (guint16 *) pixels;

  for (guint i = 0; i < count; i++) {
    gsize x = (gsize) first + i;
    const guint8 *at = row + x / 2 * 3;

    values[i] =
        GUINT16_TO_LE (x % 2 ? (guint16) ((at[1] & 15) << 8 | at[2]) : (guint16) (at[0] << 4 | at[1] >> 4));
  }
}

static void
unpack_16 (const guint8 *row, guint first, guint count, guint8 *pixels)
{
  memcpy (pixels, row + (gsize) first * 2, (gsize) count * 2);
  voxel_tiff_fix_row (16, FALSE, G_BYTE_ORDER == G_BIG_ENDIAN, count, pixels);
}

static void
unpack_8 (const guint8 *row, guint first, guint count, guint8 *pixels)
{
  memcpy (pixels, row + first, count);
}

static const struct {
  guint bits;
  void (*unpack) (const guint8 *, guint, guint, guint8 *);
} depths[] = {
    {1, unpack_1},
    {8, unpack_8},
    {12, unpack_12},
    {16, unpack_16},
};

/**
 * voxel_tiff_unpack_row:
 * @bits: 1, 8, 12 or 16
 * @inverted: whether 0 is white in the file
 * @row: a row as libtiff decodes it: packed, 16 bits in host order
 * @first: its first pixel wanted
 * @count: pixels wanted
 * @pixels: (out): 0 or 255 for 1 bit, bytes for 8, little-endian words (aligned to 2) for 12 and 16
 */
void
voxel_tiff_unpack_row (guint bits, gboolean inverted, const guint8 *row, guint first, guint count,
                       guint8 *pixels)
{
  for (guint i = 0; i < G_N_ELEMENTS (depths); i++) {
    if (depths[i].bits == bits)
      depths[i].unpack (row, first, count, pixels);
  }
  if (inverted)
    voxel_tiff_fix_row (bits, TRUE, FALSE, count, pixels);
}

/**
 * voxel_tiff_fix_row:
 * @bits: 1, 8, 12 or 16
 * @inverted: whether black and white change places
 * @swapped: whether the bytes of words change places
 * @count: pixels
 * @pixels: (inout): unpacked pixels, words aligned to 2
 */
void
voxel_tiff_fix_row (guint bits, gboolean inverted, gboolean swapped, guint count, guint8 *pixels)
{
  guint16 *words = (guint16 *) pixels;
  guint16 flip = GUINT16_TO_LE (bits == 12 ? 4095 : 65535);

  if (bits > 8 && swapped) {
    for (guint i = 0; i < count; i++)
      words[i] = (guint16) (words[i] << 8 | words[i] >> 8);
  }
  if (!inverted)
    return;
  if (bits <= 8) {
    for (guint i = 0; i < count; i++)
      pixels[i] = (guint8) ~pixels[i];
    return;
  }
  /* Twelve bits: the values never reach beyond 4095, so that the difference is an exclusive or. */
  for (guint i = 0; i < count; i++)
    words[i] ^= flip;
}

/**
 * voxel_tiff_mask_row:
 * @bits: 1, 8, 12 or 16
 * @row: unpacked pixels, words aligned to 2
 * @count: of them
 * @mask: (out): 255 where @row is not 0; may be @row
 */
void
voxel_tiff_mask_row (guint bits, const guint8 *row, guint count, guint8 *mask)
{
  const guint16 *words = (const guint16 *) row;

  if (bits <= 8) {
    for (guint i = 0; i < count; i++)
      mask[i] = row[i] ? 255 : 0;
    return;
  }
  for (guint i = 0; i < count; i++)
    mask[i] = words[i] ? 255 : 0;
}
