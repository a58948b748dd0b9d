/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "intensity-histogram.h"

#include <string.h>

/* Neighbours are often equal: counting them in turn in two tables spares waiting for the store before. */
#define TABLES 2

struct _VoxelIntensityHistogram {
  guint64 bins[VOXEL_INTENSITY_BINS];
  guint32 recent[TABLES][VOXEL_INTENSITY_BINS];
  guint64 pending;
};

/**
 * voxel_intensity_histogram_new:
 *
 * Returns: (transfer full): a histogram of nothing
 */
VoxelIntensityHistogram *
voxel_intensity_histogram_new (void)
{
  return g_new0 (VoxelIntensityHistogram, 1);
}

static void
settle (VoxelIntensityHistogram *histogram)
{
  for (guint i = 0; i < VOXEL_INTENSITY_BINS; i++)
    histogram->bins[i] += (guint64) histogram->recent[0][i] + histogram->recent[1][i];
  memset (histogram->recent, 0, sizeof histogram->recent);
  histogram->pending = 0;
}

static void
add_row_8 (VoxelIntensityHistogram *histogram, const guint8 *row, guint width)
{
  guint x = 0;

  for (; x + 1 < width; x += TABLES) {
    histogram->recent[0][row[x]]++;
    histogram->recent[1][row[x + 1]]++;
  }
  if (x < width)
    histogram->recent[0][row[x]]++;
}

static void
add_row_16 (VoxelIntensityHistogram *histogram, const guint16 *row, guint width)
{
  guint x = 0;

  for (; x + 1 < width; x += TABLES) {
    histogram->recent[0][GUINT16_FROM_LE (row[x])]++;
    histogram->recent[1][GUINT16_FROM_LE (row[x + 1])]++;
  }
  if (x < width)
    histogram->recent[0][GUINT16_FROM_LE (row[x])]++;
}

/**
 * voxel_intensity_histogram_add:
 * @histogram: counts so far
 * @pixels: the first row
 * @stride: bytes from row to row
 * @width: pixels in a row
 * @height: rows
 * @bytes: of a pixel: 1, or 2 (little endian)
 */
void
voxel_intensity_histogram_add (VoxelIntensityHistogram *histogram, const void *pixels, gsize stride,
                               guint width, guint height, guint bytes)
{
  for (guint y = 0; y < height; y++) {
    const guint8 *row = (const guint8 *) pixels + y * stride;

    if (histogram->pending + width > G_MAXUINT32)
      settle (histogram);
    histogram->pending += width;
    if (bytes == 1)
      add_row_8 (histogram, row, width);
    else
      add_row_16 (histogram, (const guint16 *) row, width);
  }
}

/**
 * voxel_intensity_histogram_get_bins:
 * @histogram: counts so far
 *
 * Returns: (transfer none): VOXEL_INTENSITY_BINS counts, true until more is added
 */
const guint64 *
voxel_intensity_histogram_get_bins (VoxelIntensityHistogram *histogram)
{
  settle (histogram);
  return histogram->bins;
}

/**
 * voxel_intensity_histogram_clear:
 * @histogram: to count from zero again
 */
void
voxel_intensity_histogram_clear (VoxelIntensityHistogram *histogram)
{
  memset (histogram, 0, sizeof *histogram);
}

/**
 * voxel_intensity_histogram_free:
 * @histogram: no longer needed
 */
void
voxel_intensity_histogram_free (VoxelIntensityHistogram *histogram)
{
  g_free (histogram);
}
