/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "slice-spacing.h"

#include <math.h>

/**
 * voxel_slice_spacing_parse:
 * @text: three numbers separated by commas: distance of voxels along z, y, x in micrometres
 * @spacing: (out): the numbers; 0 = unknown; left alone where @text cannot be read
 *
 * Returns: whether @text is three finite numbers, none below 0
 */
gboolean
voxel_slice_spacing_parse (const gchar *text, gdouble spacing[3])
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  gdouble values[3];

  if (g_strv_length (parts) != 3)
    return FALSE;
  for (guint i = 0; i < 3; i++) {
    gchar *end = NULL;
    const gchar *part = g_strstrip (parts[i]);

    values[i] = g_ascii_strtod (part, &end);
    if (end == part || *end || !isfinite (values[i]) || values[i] < 0.)
      return FALSE;
  }
  for (guint i = 0; i < 3; i++)
    spacing[i] = values[i];
  return TRUE;
}
