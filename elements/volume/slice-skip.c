/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "slice-skip.h"

#include <gio/gio.h>
#include <string.h>

static gboolean
parse_item (const gchar *item, guint skip[VOXEL_SLICE_SKIP_AXES], guint *seen)
{
  const gchar *letter = *item ? strchr ("zyx", *item) : NULL;
  guint axis = letter ? (guint) (letter - "zyx") : 0;
  guint64 number;

  if (!letter || item[1] != ':' || *seen & 1u << axis ||
      !g_ascii_string_to_unsigned (item + 2, 10, 0, G_MAXUINT, &number, NULL))
    return FALSE;
  *seen |= 1u << axis;
  skip[axis] = (guint) number;
  return TRUE;
}

/**
 * voxel_slice_skip_parse:
 * @text: (nullable): such as z:560,y:13; nothing for none
 * @skip: (out): slices of z, y and x
 * @error: G_IO_ERROR_INVALID_ARGUMENT
 *
 * Returns: whether it is a list of axes, each once, with numbers of slices
 */
gboolean
voxel_slice_skip_parse (const gchar *text, guint skip[VOXEL_SLICE_SKIP_AXES], GError **error)
{
  g_auto (GStrv) items = g_strsplit (text ? text : "", ",", -1);
  guint seen = 0;

  memset (skip, 0, VOXEL_SLICE_SKIP_AXES * sizeof *skip);
  for (guint i = 0; items[i]; i++) {
    if (parse_item (items[i], skip, &seen))
      continue;
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "skip=%s: \"%s\" is no axis with a number of slices, each axis once, such as z:560,y:13",
                 text, items[i]);
    return FALSE;
  }
  return TRUE;
}

/**
 * voxel_slice_skip_leaves:
 * @skip: slices of z, y and x
 * @axes: bit (1 << axis) for every axis that is sent
 * @shape: slices that there are of z, y and x
 *
 * Returns: whether any slice is left to be sent
 */
gboolean
voxel_slice_skip_leaves (const guint skip[VOXEL_SLICE_SKIP_AXES], guint axes,
                         const guint shape[VOXEL_SLICE_SKIP_AXES])
{
  for (guint axis = 0; axis < VOXEL_SLICE_SKIP_AXES; axis++) {
    if (axes & 1u << axis && skip[axis] < shape[axis])
      return TRUE;
  }
  return FALSE;
}
