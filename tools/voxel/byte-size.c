/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <math.h>
#include <string.h>

#include "byte-size.h"
#include "command.h"

/**
 * voxel_byte_size_parse:
 * @text: such as "4G", "1.5GiB", "800M", "65536": units are powers of 1024
 * @bytes: (out): the size, above 0
 * @error: VOXEL_COMMAND_ERROR_USAGE
 *
 * Returns: whether @text is a size
 */
gboolean
voxel_byte_size_parse (const gchar *text, guint64 *bytes, GError **error)
{
  static const gchar units[] = "BKMGTPE";
  gchar *end = NULL;
  gdouble value = g_ascii_strtod (text, &end);
  gchar unit = g_ascii_toupper (*end);
  const gchar *found = unit ? strchr (units, unit) : NULL;
  gdouble size = found ? ldexp (value, 10 * (int) (found - units)) : value;

  if (found && unit != 'B')
    end += g_ascii_strncasecmp (end + 1, "iB", 2) == 0 ? 3 : 1;
  if (found && *end && g_ascii_toupper (*end) == 'B')
    end++;
  if (end == text || *end || !(size >= 1.) || size >= ldexp (1., 63)) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                 "\"%s\" is no size: say 4G, 800M or a number of bytes", text);
    return FALSE;
  }
  *bytes = (guint64) size;
  return TRUE;
}
