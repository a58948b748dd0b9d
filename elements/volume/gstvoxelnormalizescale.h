/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/stream/voxel.h"
#include "intensity-map.h"

G_BEGIN_DECLS

/**
 * GstVoxelNormalizeRange:
 * @GST_VOXEL_NORMALIZE_RANGE_PERCENTILE: low and high are percentiles of the intensities
 * @GST_VOXEL_NORMALIZE_RANGE_FIXED: low and high are intensities
 * @GST_VOXEL_NORMALIZE_RANGE_FULL: all that the scan's bit depth can hold
 */
typedef enum {
  GST_VOXEL_NORMALIZE_RANGE_PERCENTILE,
  GST_VOXEL_NORMALIZE_RANGE_FIXED,
  GST_VOXEL_NORMALIZE_RANGE_FULL,
} GstVoxelNormalizeRange;

/**
 * GstVoxelNormalizeScope:
 * @GST_VOXEL_NORMALIZE_SCOPE_VOLUME: percentiles of the whole volume
 * @GST_VOXEL_NORMALIZE_SCOPE_SLICE: percentiles of every slice
 */
typedef enum {
  GST_VOXEL_NORMALIZE_SCOPE_VOLUME,
  GST_VOXEL_NORMALIZE_SCOPE_SLICE,
} GstVoxelNormalizeScope;

/**
 * GstVoxelNormalizeArithmetic:
 * @GST_VOXEL_NORMALIZE_ARITHMETIC_EXACT: from the scan's depth at once, rounded to nearest
 * @GST_VOXEL_NORMALIZE_ARITHMETIC_ORIGIN: the numbers of the Kaggle entry
 */
typedef enum {
  GST_VOXEL_NORMALIZE_ARITHMETIC_EXACT,
  GST_VOXEL_NORMALIZE_ARITHMETIC_ORIGIN,
} GstVoxelNormalizeArithmetic;

typedef struct _GstVoxelNormalizeSettings GstVoxelNormalizeSettings;
typedef struct _GstVoxelNormalizeScale GstVoxelNormalizeScale;

/**
 * GstVoxelNormalizeSettings:
 * @range: what low and high are
 * @low: percent or intensity
 * @high: percent or intensity
 * @scope: of percentiles
 * @bits: of what comes out: 8 or 16
 * @arithmetic: how pixels are computed
 */
struct _GstVoxelNormalizeSettings {
  GstVoxelNormalizeRange range;
  gdouble low;
  gdouble high;
  GstVoxelNormalizeScope scope;
  guint bits;
  GstVoxelNormalizeArithmetic arithmetic;
};

/**
 * GstVoxelNormalizeScale:
 * @low: intensity that becomes black
 * @high: intensity that becomes white
 * @map: from pixel to pixel
 * @identity: whether pixels stay as they are
 *
 * What the settings mean for one volume or slice.
 */
struct _GstVoxelNormalizeScale {
  gdouble low;
  gdouble high;
  VoxelIntensityMap map;
  gboolean identity;
};

GType gst_voxel_normalize_range_get_type (void);
GType gst_voxel_normalize_scope_get_type (void);
GType gst_voxel_normalize_arithmetic_get_type (void);

gboolean gst_voxel_normalize_settings_check (const GstVoxelNormalizeSettings *settings, GError **error);
gboolean gst_voxel_normalize_settings_need_histogram (const GstVoxelNormalizeSettings *settings);
void gst_voxel_normalize_scale_set (GstVoxelNormalizeScale *scale, const GstVoxelNormalizeSettings *settings,
                                    const GstVoxelVolume *volume, guint depth, const guint64 *bins);

G_END_DECLS
