/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tiff-imagej.h"

#include <math.h>
#include <string.h>

static const struct {
  const gchar *name;
  gdouble micrometres;
} units[] = {
    {"micron", 1.}, {"microns", 1.}, {"um", 1.},  {"\\u00B5m", 1.}, {"\xC2\xB5m", 1.}, {"\xCE\xBCm", 1.},
    {"\xB5m", 1.},  {"nm", 1e-3},    {"mm", 1e3}, {"cm", 1e4},      {"m", 1e6},        {"inch", 25400.},
};

/**
 * voxel_tiff_unit_to_micrometres:
 * @name: a unit of length as microscopes' programs write it
 *
 * Returns: micrometres of one; 0 where unknown
 */
gdouble
voxel_tiff_unit_to_micrometres (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (units); i++) {
    if (g_strcmp0 (units[i].name, name) == 0)
      return units[i].micrometres;
  }
  return 0.;
}

static void
take_count (const gchar *line, const gchar *key, guint64 *count)
{
  if (g_str_has_prefix (line, key))
    *count = MAX (1, g_ascii_strtoull (line + strlen (key), NULL, 10));
}

/**
 * voxel_tiff_imagej_parse:
 * @description: (nullable): a page's ImageDescription
 * @imagej: (out): what it says
 *
 * The description is "ImageJ=1.53t" followed by lines such as "images=512", "unit=micron", "spacing=2.0".
 *
 * Returns: whether ImageJ (or who writes like it) wrote @description
 */
gboolean
voxel_tiff_imagej_parse (const gchar *description, VoxelTiffImagej *imagej)
{
  g_auto (GStrv) lines = NULL;

  *imagej = (VoxelTiffImagej){.images = 1, .channels = 1, .slices = 1, .frames = 1};
  if (!description || !g_str_has_prefix (description, "ImageJ="))
    return FALSE;

  lines = g_strsplit (description, "\n", 256);
  for (guint i = 0; lines[i]; i++) {
    const gchar *line = g_strchomp (lines[i]);

    take_count (line, "images=", &imagej->images);
    take_count (line, "channels=", &imagej->channels);
    take_count (line, "slices=", &imagej->slices);
    take_count (line, "frames=", &imagej->frames);
    if (g_str_has_prefix (line, "unit="))
      imagej->unit = voxel_tiff_unit_to_micrometres (line + strlen ("unit="));
    if (g_str_has_prefix (line, "spacing="))
      imagej->spacing = fabs (g_ascii_strtod (line + strlen ("spacing="), NULL));
  }
  if (!isfinite (imagej->spacing))
    imagej->spacing = 0.;
  return TRUE;
}
