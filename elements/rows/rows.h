/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "elements/network/preprocess.h"

G_BEGIN_DECLS

/**
 * VoxelRowsStretch:
 * @low: pixel that becomes 0, as all below it
 * @span: from there to the pixel that becomes the largest, as all above it; at least 1
 * @scale: largest value / @span
 *
 * A straight line from pixels of 16 bits to others.
 */
typedef struct {
  gint low;
  gint span;
  gdouble scale;
} VoxelRowsStretch;

/* Two vectors of the widest. */
#define VOXEL_ROWS_BEHIND 32

/**
 * VoxelRows:
 * @preprocess_8: pixels to the network's input
 * @preprocess_16: likewise
 * @code: scores to codes: 32768 + 2048 logit, rounded to nearest (ties to even), clamped; returns %FALSE if a
 *   score is no finite number
 * @mean: the mean of at most 32 rows, halves up
 * @any_8: mask[x] = 255 where the pixel is at or above the threshold or the mask's highest bit is set, else 0
 * @any_16: likewise
 * @below_8: whether all pixels are below a level
 * @below_16: likewise
 * @transpose: out[x][y] = in[y][x]; pixels of 1, 2 or 4 bytes; strides may be negative, then @in or @out are the
 *   pixels that are read or written first; the two do not overlap
 * @reverse: out[x] = in[width - 1 - x]; likewise
 * @stretch_8: pixels of 16 bits to 8 along a line, to the nearest, halves up
 * @stretch_16: likewise to 16
 * @moments_8: adds the sum of a row and that of its squares
 * @moments_16: likewise
 * @blend_8: out[x] = the sum of rows[k][x] weights[k], added in the order of k; n is 1 or more
 * @blend_16: likewise
 * @blend_to_8: likewise, to the nearest, halves up, clamped
 * @blend_to_16: likewise
 * @blend_to_mask: likewise, 255 where the sum is half of that or more, else 0
 * @resample: out[x] = the sum of row[first[x] + k] weights[k width + x], likewise; first rises, and
 *   VOXEL_ROWS_BEHIND floats behind the last one that counts can be read
 *
 * What is done to every pixel of a tile, mostly a row at a time. Pixels are little-endian. The same sources are
 * compiled for several instruction sets; the result is the same to the bit.
 */
typedef struct {
  void (*preprocess_8) (const VoxelPreprocessMap *map, const guint8 *pixels, guint width, gfloat *out);
  void (*preprocess_16) (const VoxelPreprocessMap *map, const guint16 *pixels, guint width, gfloat *out);
  gboolean (*code) (const gfloat *logits, guint width, guint16 *codes);
  void (*mean) (const guint16 *const *rows, guint n, guint width, guint16 *out);
  void (*any_8) (const guint8 *row, guint width, guint threshold, guint8 *mask);
  void (*any_16) (const guint16 *row, guint width, guint threshold, guint8 *mask);
  gboolean (*below_8) (const guint8 *row, guint width, guint level);
  gboolean (*below_16) (const guint16 *row, guint width, guint level);
  void (*transpose) (const guint8 *in, gssize in_stride, guint width, guint height, guint pixel_size,
                     guint8 *out, gssize out_stride);
  void (*reverse) (const guint8 *in, guint8 *out, guint width, guint pixel_size);
  void (*stretch_8) (const VoxelRowsStretch *line, const guint16 *pixels, guint width, guint8 *out);
  void (*stretch_16) (const VoxelRowsStretch *line, const guint16 *pixels, guint width, guint16 *out);
  void (*moments_8) (const guint8 *row, guint width, guint64 *sum, guint64 *squares);
  void (*moments_16) (const guint16 *row, guint width, guint64 *sum, guint64 *squares);
  void (*blend_8) (const guint8 *const *rows, const gfloat *weights, guint n, guint width, gfloat *out);
  void (*blend_16) (const guint16 *const *rows, const gfloat *weights, guint n, guint width, gfloat *out);
  void (*blend_to_8) (const gfloat *const *rows, const gfloat *weights, guint n, guint width, guint8 *out);
  void (*blend_to_16) (const gfloat *const *rows, const gfloat *weights, guint n, guint width, guint16 *out);
  void (*blend_to_mask) (const gfloat *const *rows, const gfloat *weights, guint n, guint width, guint8 *out);
  void (*resample) (const gfloat *row, const gint *first, const gfloat *weights, guint n, guint width,
                    gfloat *out);
} VoxelRows;

const VoxelRows *voxel_rows (void);
const VoxelRows *voxel_rows_for_lanes (guint lanes);

G_END_DECLS
