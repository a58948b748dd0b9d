/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/preprocess.h"

#include <math.h>

#include "elements/rows/rows.h"
#include "elements/tiles/reflect.h"

/**
 * voxel_preprocess_check:
 * @preprocess: of a model record
 * @channels: of the network's input
 * @error: %VOXEL_MODEL_ERROR_RECORD, naming the field
 *
 * Returns: whether pictures can be prepared as the record asks
 */
gboolean
voxel_preprocess_check (const VoxelPreprocess *preprocess, guint channels, GError **error)
{
  if (channels % 2 || g_strcmp0 (preprocess->channels, "neighbours") != 0)
    return TRUE;
  g_set_error (
      error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
      "model record, preprocess.channels: \"neighbours\" of a network with %u input channels; a slice and "
      "as many on either side are an odd number",
      channels);
  return FALSE;
}

/**
 * voxel_preprocess_planes:
 * @preprocess: of a model record
 * @channels: of the network's input
 *
 * Returns: how many neighbouring slices the network sees; 1 where one slice fills all channels
 */
guint
voxel_preprocess_planes (const VoxelPreprocess *preprocess, guint channels)
{
  return g_strcmp0 (preprocess->channels, "neighbours") == 0 ? channels : 1;
}

/**
 * voxel_preprocess_wants_statistics:
 * @preprocess: of a model record
 *
 * Returns: whether mean and deviation of the whole slice are needed, not only of the tile
 */
gboolean
voxel_preprocess_wants_statistics (const VoxelPreprocess *preprocess)
{
  return g_strcmp0 (preprocess->zscore, "slice") == 0;
}

/**
 * voxel_preprocess_map:
 * @preprocess: of a model record
 * @mean: of the pixels, ignored where the record's z-score is "none"
 * @stddev: likewise, of the population
 * @white: the largest pixel value, 255 or 65535
 * @map: (out): from pixels to the network's input
 *
 * z = (v - mean) / (stddev + epsilon), then z > high -> high + (z - high) slope and the same below @low.
 * Without z-score the input is v / white. A picture of one value gives zeros.
 */
void
voxel_preprocess_map (const VoxelPreprocess *preprocess, gdouble mean, gdouble stddev, guint white,
                      VoxelPreprocessMap *map)
{
  gboolean plain = g_strcmp0 (preprocess->zscore, "none") == 0;
  gdouble unit = plain ? white : stddev + preprocess->epsilon;

  map->zero = plain ? 0.f : (gfloat) mean;
  map->scale = unit > 0. ? (gfloat) (1. / unit) : 0.f;
  map->low = (gfloat) preprocess->clip_low;
  map->high = (gfloat) preprocess->clip_high;
  map->slope = (gfloat) preprocess->clip_slope;
}

/**
 * voxel_preprocess_row:
 * @map: of the picture
 * @pixels: a row of @width pixels
 * @bytes: a pixel, 1 or 2 (little-endian)
 * @width: columns of the picture
 * @first: column that the result begins with, below @width
 * @n: columns of the result, reflected beyond @width
 * @out: (out): @n floats
 */
void
voxel_preprocess_row (const VoxelPreprocessMap *map, gconstpointer pixels, guint bytes, guint width,
                      guint first, guint n, gfloat *out)
{
  const guint8 *narrow = pixels;
  const guint16 *wide = pixels;
  guint there = MIN (width - first, n);

  if (bytes == 1)
    voxel_rows ()->preprocess_8 (map, narrow + first, there, out);
  else
    voxel_rows ()->preprocess_16 (map, wide + first, there, out);
  for (guint x = there; x < n; x++) {
    guint from = voxel_reflect_index (first + x, width);

    if (from >= first)
      out[x] = out[from - first];
    else if (bytes == 1)
      voxel_rows ()->preprocess_8 (map, narrow + from, 1, out + x);
    else
      voxel_rows ()->preprocess_16 (map, wide + from, 1, out + x);
  }
}

/**
 * voxel_preprocess_statistics:
 * @pixels: a picture
 * @bytes: a pixel, 1 or 2 (little-endian)
 * @width: columns
 * @height: rows
 * @stride: bytes from row to row
 * @mean: (out): of all pixels
 * @stddev: (out): of the population
 *
 * Exact sums in integers, so the figures do not depend on how a picture is cut.
 */
void
voxel_preprocess_statistics (gconstpointer pixels, guint bytes, guint width, guint height, gsize stride,
                             gdouble *mean, gdouble *stddev)
{
  gdouble n = (gdouble) width * height, total = 0., squares = 0., variance;

  for (guint y = 0; y < height; y++) {
    const guint8 *row = (const guint8 *) pixels + y * stride;
    guint64 sum = 0, square = 0;

    for (guint x = 0; x < width; x++) {
      guint64 v = bytes == 1 ? row[x] : GUINT16_FROM_LE (((const guint16 *) row)[x]);

      sum += v;
      square += v * v;
    }
    total += (gdouble) sum;
    squares += (gdouble) square;
  }
  *mean = total / n;
  variance = squares / n - *mean * *mean;
  *stddev = variance > 0. ? sqrt (variance) : 0.;
}

/**
 * voxel_preprocess_measures:
 * @preprocess: of a model record
 * @mean: of the whole slice, NaN where only the tile is known
 *
 * Returns: whether the tile's own mean and deviation count
 */
gboolean
voxel_preprocess_measures (const VoxelPreprocess *preprocess, gdouble mean)
{
  return g_strcmp0 (preprocess->zscore, "none") != 0 &&
         (!voxel_preprocess_wants_statistics (preprocess) || isnan (mean));
}

/**
 * voxel_preprocess_look:
 * @preprocess: of a model record
 * @pixels: a tile of a slice
 * @bytes: a pixel, 1 or 2 (little-endian)
 * @width: columns of the tile
 * @height: rows of the tile
 * @stride: bytes from row to row
 * @mean: of the whole slice, NaN where only the tile is known
 * @stddev: likewise, of the population
 * @map: (out): from the tile's pixels to the network's input
 */
void
voxel_preprocess_look (const VoxelPreprocess *preprocess, gconstpointer pixels, guint bytes, guint width,
                       guint height, gsize stride, gdouble mean, gdouble stddev, VoxelPreprocessMap *map)
{
  if (voxel_preprocess_measures (preprocess, mean))
    voxel_preprocess_statistics (pixels, bytes, width, height, stride, &mean, &stddev);
  voxel_preprocess_map (preprocess, mean, stddev, bytes == 1 ? 255 : 65535, map);
}

/**
 * voxel_preprocess_is_below:
 * @pixels: a tile
 * @bytes: a pixel, 1 or 2 (little-endian)
 * @width: columns
 * @height: rows
 * @stride: bytes from row to row
 * @level: a pixel
 *
 * Returns: whether all pixels are below @level
 */
gboolean
voxel_preprocess_is_below (gconstpointer pixels, guint bytes, guint width, guint height, gsize stride,
                           guint level)
{
  const VoxelRows *rows = voxel_rows ();

  for (guint y = 0; y < height; y++) {
    const guint8 *row = (const guint8 *) pixels + y * stride;

    if (bytes == 1 ? !rows->below_8 (row, width, level)
                   : !rows->below_16 ((const guint16 *) row, width, level))
      return FALSE;
  }
  return TRUE;
}
