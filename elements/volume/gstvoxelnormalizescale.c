/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelnormalizescale.h"
#include "intensity-range.h"

static GType
register_enum (const gchar *name, const GEnumValue *values)
{
  return g_enum_register_static (name, values);
}

GType
gst_voxel_normalize_range_get_type (void)
{
  static const GEnumValue values[] = {
      {GST_VOXEL_NORMALIZE_RANGE_PERCENTILE, "Percentiles low and high of the intensities", "percentile"},
      {GST_VOXEL_NORMALIZE_RANGE_FIXED, "Intensities low and high as scanned", "fixed"},
      {GST_VOXEL_NORMALIZE_RANGE_FULL, "All that the scan's bit depth can hold", "full"},
      {0, NULL, NULL},
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, register_enum ("GstVoxelNormalizeRange", values));
  return type;
}

GType
gst_voxel_normalize_scope_get_type (void)
{
  static const GEnumValue values[] = {
      {GST_VOXEL_NORMALIZE_SCOPE_VOLUME, "Percentiles of the whole volume", "volume"},
      {GST_VOXEL_NORMALIZE_SCOPE_SLICE, "Percentiles of every slice", "slice"},
      {0, NULL, NULL},
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, register_enum ("GstVoxelNormalizeScope", values));
  return type;
}

GType
gst_voxel_normalize_arithmetic_get_type (void)
{
  static const GEnumValue values[] = {
      {GST_VOXEL_NORMALIZE_ARITHMETIC_EXACT, "From the scan's depth at once, rounded to nearest", "exact"},
      {GST_VOXEL_NORMALIZE_ARITHMETIC_ORIGIN,
       "Cut to 8 bits first, percentiles of those, half precision, cut off behind the point", "origin"},
      {0, NULL, NULL},
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, register_enum ("GstVoxelNormalizeArithmetic", values));
  return type;
}

/**
 * gst_voxel_normalize_settings_check:
 * @settings: as the user wants them
 * @error: GST_LIBRARY_ERROR_SETTINGS saying what does not fit
 *
 * Returns: whether they fit together
 */
gboolean
gst_voxel_normalize_settings_check (const GstVoxelNormalizeSettings *settings, GError **error)
{
  const gchar *problem = NULL;

  if (settings->bits != 8 && settings->bits != 16)
    problem = "bits must be 8 or 16";
  else if (settings->range != GST_VOXEL_NORMALIZE_RANGE_FULL && !(settings->low < settings->high))
    problem = "low must be less than high";
  else if (settings->range == GST_VOXEL_NORMALIZE_RANGE_PERCENTILE &&
           !(settings->low >= 0. && settings->high <= 100.))
    problem = "low and high are percent with range=percentile: from 0 to 100";
  else if (settings->arithmetic == GST_VOXEL_NORMALIZE_ARITHMETIC_ORIGIN &&
           (settings->bits != 8 || settings->range != GST_VOXEL_NORMALIZE_RANGE_PERCENTILE))
    problem = "arithmetic=origin goes with bits=8 range=percentile only";
  if (!problem)
    return TRUE;
  g_set_error_literal (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, problem);
  return FALSE;
}

/**
 * gst_voxel_normalize_settings_need_histogram:
 * @settings: the settings
 *
 * Returns: whether the intensities of the whole volume must be known before its first slice
 */
gboolean
gst_voxel_normalize_settings_need_histogram (const GstVoxelNormalizeSettings *settings)
{
  return settings->range == GST_VOXEL_NORMALIZE_RANGE_PERCENTILE &&
         settings->scope == GST_VOXEL_NORMALIZE_SCOPE_VOLUME;
}

/* Bits of a pixel that can differ from 0: a 12-bit scan in 16-bit pixels has 12. */
static guint
bits_used (const GstVoxelVolume *volume, guint depth)
{
  return volume->bits > 0 ? MIN (volume->bits, depth) : depth;
}

static void
set_origin (GstVoxelNormalizeScale *scale, const GstVoxelNormalizeSettings *settings, guint bits,
            const guint64 *bins)
{
  guint shift = bits > 8 ? bits - 8 : 0, low = 0, high = 0;
  g_autofree guint64 *folded = g_new (guint64, VOXEL_INTENSITY_VALUES);

  voxel_intensity_fold (bins, VOXEL_INTENSITY_VALUES, shift, folded);
  voxel_intensity_percentiles (folded, VOXEL_INTENSITY_VALUES >> shift, settings->low, settings->high, &low,
                               &high);
  scale->low = low << shift;
  scale->high = high << shift;
  voxel_intensity_map_origin (&scale->map, low, high, shift);
}

/**
 * gst_voxel_normalize_scale_set:
 * @scale: (out): what becomes of pixels
 * @settings: the settings
 * @volume: the volume that they come from
 * @depth: bits of a pixel in memory, 8 or 16
 * @bins: (nullable): how often each of 65536 values occurs, needed for percentiles
 *
 * Where @scale->high is not above @scale->low all pixels become 0.
 */
void
gst_voxel_normalize_scale_set (GstVoxelNormalizeScale *scale, const GstVoxelNormalizeSettings *settings,
                               const GstVoxelVolume *volume, guint depth, const guint64 *bins)
{
  guint bits = bits_used (volume, depth), low = 0, high = 0;

  if (settings->arithmetic == GST_VOXEL_NORMALIZE_ARITHMETIC_ORIGIN) {
    set_origin (scale, settings, bits, bins);
  } else {
    if (settings->range == GST_VOXEL_NORMALIZE_RANGE_PERCENTILE) {
      voxel_intensity_percentiles (bins, VOXEL_INTENSITY_VALUES, settings->low, settings->high, &low, &high);
      scale->low = low;
      scale->high = high;
    } else {
      gboolean fixed = settings->range == GST_VOXEL_NORMALIZE_RANGE_FIXED;

      scale->low = fixed ? settings->low : 0;
      scale->high = fixed ? settings->high : (1u << bits) - 1;
    }
    voxel_intensity_map_linear (&scale->map, scale->low, scale->high, settings->bits);
  }
  scale->identity = settings->bits == depth && voxel_intensity_map_is_identity (&scale->map, depth);
}
