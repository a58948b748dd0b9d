/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/files/model-record.h"

G_BEGIN_DECLS

/**
 * VoxelPreprocessMap:
 * @zero: z = (pixel - zero) * scale
 * @scale: likewise
 * @low: below this the slope is @slope
 * @high: above this too
 * @slope: 1 where nothing is softened
 *
 * What a model record's preprocessing comes to for one picture: an affine map and a soft clip.
 */
typedef struct {
  gfloat zero;
  gfloat scale;
  gfloat low;
  gfloat high;
  gfloat slope;
} VoxelPreprocessMap;

gboolean voxel_preprocess_check (const VoxelPreprocess *preprocess, guint channels, GError **error);
guint voxel_preprocess_planes (const VoxelPreprocess *preprocess, guint channels);
gboolean voxel_preprocess_wants_statistics (const VoxelPreprocess *preprocess);
void voxel_preprocess_map (const VoxelPreprocess *preprocess, gdouble mean, gdouble stddev, guint white,
                           VoxelPreprocessMap *map);
void voxel_preprocess_row (const VoxelPreprocessMap *map, gconstpointer pixels, guint bytes, guint width,
                           guint first, guint n, gfloat *out);
void voxel_preprocess_statistics (gconstpointer pixels, guint bytes, guint width, guint height, gsize stride,
                                  gdouble *mean, gdouble *stddev);
gboolean voxel_preprocess_measures (const VoxelPreprocess *preprocess, gdouble mean);
void voxel_preprocess_look (const VoxelPreprocess *preprocess, gconstpointer pixels, guint bytes, guint width,
                            guint height, gsize stride, gdouble mean, gdouble stddev,
                            VoxelPreprocessMap *map);
gboolean voxel_preprocess_is_below (gconstpointer pixels, guint bytes, guint width, guint height,
                                    gsize stride, guint level);

G_END_DECLS
