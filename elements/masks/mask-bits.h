/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A mask at one bit a voxel: rows of 64-bit words, column x is bit x % 64 of word x / 64. A row always ends
 * in at least one zero bit, so that the voxel right of the last one can be read. */

static inline gsize
voxel_mask_bits_words (gsize width)
{
  return width / 64 + 1;
}

void voxel_mask_bits_pack8 (guint64 *bits, const guint8 *pixels, gsize width, guint threshold);
void voxel_mask_bits_pack16 (guint64 *bits, const guint16 *pixels, gsize width, guint threshold);
guint64 voxel_mask_bits_count (const guint64 *bits, gsize words);
guint64 voxel_mask_bits_count_both (const guint64 *a, const guint64 *b, gsize words);

G_END_DECLS
