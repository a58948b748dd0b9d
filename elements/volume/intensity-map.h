/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/rows/rows.h"

G_BEGIN_DECLS

#define VOXEL_INTENSITY_VALUES 65536

typedef struct _VoxelIntensityMap VoxelIntensityMap;
typedef struct _VoxelIntensityImage VoxelIntensityImage;

/**
 * VoxelIntensityMap:
 * @table: what every pixel value becomes
 * @line: the same as a straight line for pixels of 16 bits; its span is 0 where the table is none
 *
 * 65536 entries for either depth of input.
 */
struct _VoxelIntensityMap {
  guint16 table[VOXEL_INTENSITY_VALUES];
  VoxelRowsStretch line;
};

/**
 * VoxelIntensityImage:
 * @pixels: the first row
 * @stride: bytes from row to row
 * @bytes: of a pixel: 1, or 2 (little endian)
 */
struct _VoxelIntensityImage {
  guint8 *pixels;
  gsize stride;
  guint bytes;
};

void voxel_intensity_map_linear (VoxelIntensityMap *map, gdouble low, gdouble high, guint bits);
void voxel_intensity_map_origin (VoxelIntensityMap *map, guint low, guint high, guint shift);
gboolean voxel_intensity_map_is_identity (const VoxelIntensityMap *map, guint bits);
void voxel_intensity_map_histogram (const VoxelIntensityMap *map, const guint64 *bins, guint64 *mapped);
void voxel_intensity_map_apply (const VoxelIntensityMap *map, const VoxelIntensityImage *from,
                                const VoxelIntensityImage *to, guint width, guint height, gdouble *mean,
                                gdouble *stddev);
void voxel_intensity_measure (const VoxelIntensityImage *image, guint width, guint height, gdouble *mean,
                              gdouble *stddev);

G_END_DECLS
