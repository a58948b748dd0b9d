/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "elements/network/preprocess.h"

G_BEGIN_DECLS

/**
 * VoxelRows:
 * @preprocess_8: pixels to the network's input
 * @preprocess_16: likewise
 * @code: scores to codes: 32768 + 2048 logit, rounded to nearest (ties to even), clamped; returns %FALSE if a
 *   score is no finite number
 * @sum: sums[x] = the sum of @n rows
 * @most: sums[x] = the largest of @n rows
 * @mean: out[x] = (sums[x] + n / 2) / n, for sums of at most 32 codes
 * @any_8: mask[x] = 255 where the pixel is at or above the threshold or the mask's highest bit is set, else 0
 * @any_16: likewise
 * @below_8: whether all pixels are below a level
 * @below_16: likewise
 *
 * What is done to every pixel of a tile, a row at a time. Pixels are little-endian. One source, loops.c, is
 * compiled for several instruction sets; the result is the same to the bit.
 */
typedef struct {
  void (*preprocess_8) (const VoxelPreprocessMap *map, const guint8 *pixels, guint width, gfloat *out);
  void (*preprocess_16) (const VoxelPreprocessMap *map, const guint16 *pixels, guint width, gfloat *out);
  gboolean (*code) (const gfloat *logits, guint width, guint16 *codes);
  void (*sum) (const guint16 *const *rows, guint n, guint width, guint32 *sums);
  void (*most) (const guint16 *const *rows, guint n, guint width, guint32 *sums);
  void (*mean) (const guint32 *sums, guint n, guint width, guint16 *out);
  void (*any_8) (const guint8 *row, guint width, guint threshold, guint8 *mask);
  void (*any_16) (const guint16 *row, guint width, guint threshold, guint8 *mask);
  gboolean (*below_8) (const guint8 *row, guint width, guint level);
  gboolean (*below_16) (const guint16 *row, guint width, guint level);
} VoxelRows;

const VoxelRows *voxel_rows (void);

G_END_DECLS
