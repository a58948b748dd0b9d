/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "intensity-map.h"

#include "elements/rows/rows.h"

#include <math.h>

#define BLOCK 1024

/* A product for each pixel is faster than a look into the table, where all of them are the same. */
static void
find_line (VoxelIntensityMap *map, gdouble low, gdouble high, guint bits)
{
  guint16 ramp[BLOCK], wide[BLOCK];
  VoxelRowsStretch line;

  map->line = (VoxelRowsStretch){0};
  if (!(low >= 0 && high > low && high < VOXEL_INTENSITY_VALUES) || low != floor (low) ||
      high != floor (high))
    return;
  line = (VoxelRowsStretch){(gint) low, (gint) (high - low), ((1u << bits) - 1) / (high - low)};
  for (guint from = 0; from < VOXEL_INTENSITY_VALUES; from += BLOCK) {
    for (guint i = 0; i < BLOCK; i++)
      ramp[i] = GUINT16_TO_LE ((guint16) (from + i));
    voxel_rows ()->stretch_16 (&line, ramp, BLOCK, wide);
    for (guint i = 0; i < BLOCK; i++)
      if (GUINT16_FROM_LE (wide[i]) != map->table[from + i])
        return;
  }
  map->line = line;
}

/**
 * voxel_intensity_map_linear:
 * @map: (out): the map
 * @low: intensity that becomes 0
 * @high: intensity that becomes 2^@bits - 1; not above @low: all becomes 0
 * @bits: 8 or 16
 *
 * v becomes floor (clamp ((v - low) / (high - low), 0, 1) (2^bits - 1) + 1/2), in double precision.
 */
void
voxel_intensity_map_linear (VoxelIntensityMap *map, gdouble low, gdouble high, guint bits)
{
  gdouble top = (1u << bits) - 1;

  for (guint v = 0; v < VOXEL_INTENSITY_VALUES; v++) {
    gdouble share = high > low ? CLAMP ((v - low) / (high - low), 0., 1.) : 0.;

    map->table[v] = (guint16) floor (share * top + .5);
  }
  find_line (map, low, high, bits);
}

/* To the nearest number of half precision, ties to even, for numbers that are normal there. */
static gfloat
to_half (gfloat value)
{
  int exponent;
  gfloat fraction = frexpf (value, &exponent);

  return ldexpf (rintf (ldexpf (fraction, 11)), exponent - 11);
}

/**
 * voxel_intensity_map_origin:
 * @map: (out): the map
 * @low: 8-bit intensity that becomes 0
 * @high: 8-bit intensity that becomes 255; not above @low: all becomes 0
 * @shift: bits to drop from a pixel to have 8
 *
 * The numbers of the Kaggle entry: pixels lose their low bits first (OpenCV reads 16-bit TIFF as grey of 8
 * bits by v >> 8), the clipped ones go through half precision, (v - low) / (high - low) times 255, each of
 * the two results rounded to 11 bits, and what is behind the point is cut off.
 */
void
voxel_intensity_map_origin (VoxelIntensityMap *map, guint low, guint high, guint shift)
{
  map->line = (VoxelRowsStretch){0};
  for (guint v = 0; v < VOXEL_INTENSITY_VALUES; v++) {
    guint clipped = CLAMP (v >> shift, low, high);
    gfloat share = high > low ? to_half ((gfloat) (clipped - low) / (gfloat) (high - low)) : 0.f;

    map->table[v] = (guint16) to_half (share * 255.f);
  }
}

/**
 * voxel_intensity_map_is_identity:
 * @map: a map
 * @bits: of the pixels
 *
 * Returns: whether pixels of that depth stay as they are
 */
gboolean
voxel_intensity_map_is_identity (const VoxelIntensityMap *map, guint bits)
{
  for (guint v = 0; v < 1u << bits; v++) {
    if (map->table[v] != v)
      return FALSE;
  }
  return TRUE;
}

/**
 * voxel_intensity_map_histogram:
 * @map: a map
 * @bins: 65536 counts of pixel values
 * @mapped: (out): 65536 counts of what becomes of them
 */
void
voxel_intensity_map_histogram (const VoxelIntensityMap *map, const guint64 *bins, guint64 *mapped)
{
  for (guint v = 0; v < VOXEL_INTENSITY_VALUES; v++)
    mapped[v] = 0;
  for (guint v = 0; v < VOXEL_INTENSITY_VALUES; v++)
    mapped[map->table[v]] += bins[v];
}

/* Whole numbers: the sums are exact for slices of less than 2^32 pixels. */
typedef struct {
  guint64 sum;
  guint64 squares;
} Moments;

static void
measure_row (const void *row, guint bytes, guint width, Moments *m)
{
  if (bytes == 1)
    voxel_rows ()->moments_8 (row, width, &m->sum, &m->squares);
  else
    voxel_rows ()->moments_16 (row, width, &m->sum, &m->squares);
}

#define DEFINE_MAP_ROW(name, FROM, TO) \
  static void name (const VoxelIntensityMap *map, const void *from_row, void *to_row, guint width) \
  { \
    const FROM *from = from_row; \
    TO *to = to_row; \
\
    for (guint x = 0; x < width; x++) { \
      guint16 value = map->table[sizeof (FROM) == 1 ? from[x] : GUINT16_FROM_LE (from[x])]; \
\
      to[x] = (TO) (sizeof (TO) == 1 ? value : GUINT16_TO_LE (value)); \
    } \
  }

DEFINE_MAP_ROW (map_row_8_8, guint8, guint8)
DEFINE_MAP_ROW (map_row_8_16, guint8, guint16)
DEFINE_MAP_ROW (map_row_16_8, guint16, guint8)
DEFINE_MAP_ROW (map_row_16_16, guint16, guint16)

static void
stretch_row_8 (const VoxelIntensityMap *map, const void *from, void *to, guint width)
{
  voxel_rows ()->stretch_8 (&map->line, from, width, to);
}

static void
stretch_row_16 (const VoxelIntensityMap *map, const void *from, void *to, guint width)
{
  voxel_rows ()->stretch_16 (&map->line, from, width, to);
}

typedef void (*MapRow) (const VoxelIntensityMap *, const void *, void *, guint);

static MapRow
choose_map_row (const VoxelIntensityMap *map, guint from_bytes, guint to_bytes)
{
  static const MapRow map_rows[2][2] = {{map_row_8_8, map_row_8_16}, {map_row_16_8, map_row_16_16}};

  if (map->line.span > 0 && from_bytes == 2)
    return to_bytes == 1 ? stretch_row_8 : stretch_row_16;
  return map_rows[from_bytes - 1][to_bytes - 1];
}

static void
set_statistics (const Moments *m, guint64 n, gdouble *mean, gdouble *stddev)
{
  *mean = (gdouble) m->sum / (gdouble) n;
  /* Exact up to here, so that nothing cancels out: n squares - sum^2 can have 96 bits. */
  *stddev = sqrt ((gdouble) ((unsigned __int128) n * m->squares - (unsigned __int128) m->sum * m->sum)) /
            (gdouble) n;
}

/**
 * voxel_intensity_map_apply:
 * @map: the map
 * @from: a slice
 * @to: what it becomes; may be @from where the depth is the same
 * @width: columns
 * @height: rows
 * @mean: (out): of @to
 * @stddev: (out): of @to: of the population, the sum of squared differences from the mean divided by the
 * number of pixels
 */
void
voxel_intensity_map_apply (const VoxelIntensityMap *map, const VoxelIntensityImage *from,
                           const VoxelIntensityImage *to, guint width, guint height, gdouble *mean,
                           gdouble *stddev)
{
  MapRow map_row = choose_map_row (map, from->bytes, to->bytes);
  guint64 n = (guint64) width * height;
  Moments m = {0, 0};

  for (guint y = 0; y < height; y++) {
    guint8 *row = to->pixels + y * to->stride;

    map_row (map, from->pixels + y * from->stride, row, width);
    measure_row (row, to->bytes, width, &m);
  }
  set_statistics (&m, n, mean, stddev);
}

/**
 * voxel_intensity_measure:
 * @image: a slice
 * @width: columns
 * @height: rows
 * @mean: (out): its mean
 * @stddev: (out): its standard deviation, as in voxel_intensity_map_apply()
 */
void
voxel_intensity_measure (const VoxelIntensityImage *image, guint width, guint height, gdouble *mean,
                         gdouble *stddev)
{
  Moments m = {0, 0};

  for (guint y = 0; y < height; y++)
    measure_row (image->pixels + y * image->stride, image->bytes, width, &m);
  set_statistics (&m, (guint64) width * height, mean, stddev);
}
