/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "slice-spacing.h"

#include <math.h>

/**
 * voxel_slice_spacing_parse:
 * @text: a number for z, y and x, or three separated by commas, such as the distance of voxels in micrometres
 * @spacing: (out): the numbers; 0 = unknown; left alone where @text cannot be read
 *
 * Returns: whether @text is one or three finite numbers, none below 0
 */
gboolean
voxel_slice_spacing_parse (const gchar *text, gdouble spacing[3])
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  guint n = g_strv_length (parts);
  gdouble values[3];

  if (n != 1 && n != 3)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    gchar *end = NULL;
    const gchar *part = g_strstrip (parts[i]);

    values[i] = g_ascii_strtod (part, &end);
    if (end == part || *end || !isfinite (values[i]) || values[i] < 0.)
      return FALSE;
  }
  for (guint i = 0; i < 3; i++)
    spacing[i] = values[n == 1 ? 0 : i];
  return TRUE;
}
