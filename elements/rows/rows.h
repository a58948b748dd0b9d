/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "elements/network/preprocess.h"
#include "elements/volume/brick-layer.h"
#include "elements/volume/brick-move.h"
#include "elements/rows/tones.h"

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

/* A voxel in the units of places: 32 bits behind the point. */
#define VOXEL_ROWS_ONE (G_GINT64_CONSTANT (1) << 32)

/**
 * VoxelRowsSample:
 * @base: a voxel that offsets count from
 * @layers: bytes from there to the bricks that places 0 to 63 along z are in, 64 to 127 and so on, one number more
 *   than places need; of y and x likewise each the brick that holds place 0
 * @row_bricks: bricks from one to the next along y
 * @bricks: likewise along x: 1
 * @begin: the volume's first voxel along z, y, x
 * @end: and behind its last; where the volume is large, places count from bricks nearby
 * @inside: whether all places that are asked for lie from the first voxel's centre on to before the last one's;
 *   elsewhere pixels are 0 outside of the volume, and the outermost voxel's up to half a voxel beyond its centre
 *
 * A volume in bricks, of which VOXEL_BRICK_SLACK bytes more than there are may be read. Offsets in a layer, in voxels,
 * must fit 31 bits. Where the next bricks along all axes are 0 away, they are one, whose voxels belong to this or that
 * place.
 */
typedef struct {
  const guint8 *base;
  const gint64 *layers;
  gint32 row_bricks;
  gint32 bricks;
  gint64 begin[3];
  gint64 end[3];
  gboolean inside;
} VoxelRowsSample;

/**
 * VoxelRowsKernel:
 * @weights: of four pixels in a row where a position is i / 32 of a pixel behind the second, times 2^14: their sum
 *   is 2^14
 * @linear: whether the outer two are 0
 *
 * How a picture is read between its pixels.
 */
typedef struct {
  gint16 weights[32][4];
  gboolean linear;
} VoxelRowsKernel;

/**
 * VoxelRowsPlaces:
 * @pixels: the pixel at position (0, 0)
 * @stride: bytes from a row to the next
 * @x: columns where pixels come from, in 1/4096 of a pixel
 * @y: rows
 * @x_more: is added to all of @x
 * @y_more: is added to all of @y
 *
 * Where in a picture a row of pixels comes from. From one pixel before to three behind each position there are
 * pixels, in both directions.
 */
typedef struct {
  const guint8 *pixels;
  gssize stride;
  const gint32 *x;
  const gint32 *y;
  gint32 x_more;
  gint32 y_more;
} VoxelRowsPlaces;

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
 * @expect: asks for voxels of so many bytes that linear_8 or linear_16 is going to read, all of them inside
 * @linear_8: @width pixels of a volume from the place @first on, each @step behind the other; between the eight
 *   voxels around, rounded to the nearest
 * @linear_16: likewise
 * @nearest_8: likewise the nearest voxel, halves up
 * @nearest_16: likewise
 * @blend_8: the weighted sum of 2 or 4 rows, each weight within -1..1, their magnitudes' sum at most 1.375, times 64
 * @finish_8: the weighted sum of what @blend_8 gave, as pixels, rounded to nearest and clamped
 * @read_8: pixels between those of a picture
 * @read_16: likewise
 * @read_nearest_8: the pixels of a picture nearest to positions
 * @move: position + the weighted sum of four rows of displacements that are @stride floats apart, truncated
 * @tones: what augmentation does
 * @sum_8: out[x] = the sum of rows[k][x] weights[k], added in the order of k; n is 1 or more
 * @sum_16: likewise
 * @sum_to_8: likewise, to the nearest, halves up, clamped
 * @sum_to_16: likewise
 * @sum_to_mask: likewise, 255 where the sum is half of that or more, else 0
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
  void (*expect) (const VoxelRowsSample *s, const gint64 first[3], const gint64 step[3], guint width,
                  guint bytes);
  void (*linear_8) (const VoxelRowsSample *s, const gint64 first[3], const gint64 step[3], guint width,
                    gpointer out);
  void (*linear_16) (const VoxelRowsSample *s, const gint64 first[3], const gint64 step[3], guint width,
                     gpointer out);
  void (*nearest_8) (const VoxelRowsSample *s, const gint64 first[3], const gint64 step[3], guint width,
                     gpointer out);
  void (*nearest_16) (const VoxelRowsSample *s, const gint64 first[3], const gint64 step[3], guint width,
                      gpointer out);
  void (*blend_8) (const guint8 *const *rows, const gfloat *weights, guint taps, guint width, gint16 *out);
  void (*finish_8) (const gint16 *const *rows, const gfloat *weights, guint taps, guint width, guint8 *out);
  void (*read_8) (const VoxelRowsPlaces *places, const VoxelRowsKernel *kernel, guint width, guint8 *out);
  void (*read_16) (const VoxelRowsPlaces *places, const VoxelRowsKernel *kernel, guint width, guint16 *out);
  void (*read_nearest_8) (const VoxelRowsPlaces *places, guint width, guint8 *out);
  void (*move) (const gfloat *rows, gsize stride, const gfloat weights[4], const gint32 *positions,
                guint width, gint32 *out);
  const VoxelToneRows *tones;
  void (*sum_8) (const guint8 *const *rows, const gfloat *weights, guint n, guint width, gfloat *out);
  void (*sum_16) (const guint16 *const *rows, const gfloat *weights, guint n, guint width, gfloat *out);
  void (*sum_to_8) (const gfloat *const *rows, const gfloat *weights, guint n, guint width, guint8 *out);
  void (*sum_to_16) (const gfloat *const *rows, const gfloat *weights, guint n, guint width, guint16 *out);
  void (*sum_to_mask) (const gfloat *const *rows, const gfloat *weights, guint n, guint width, guint8 *out);
  void (*resample) (const gfloat *row, const gint *first, const gfloat *weights, guint n, guint width,
                    gfloat *out);
} VoxelRows;

const VoxelRows *voxel_rows (void);
const VoxelRows *voxel_rows_for_lanes (guint lanes);

G_END_DECLS
