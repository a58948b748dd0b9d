/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "command.h"
#include "slice-range.h"

/* A bound as Python takes it: empty for the default, negative from the end, clamped to the stack. */
static gboolean
parse_bound (const gchar *text, gint64 count, gint64 otherwise, gint64 *bound)
{
  gchar *end = NULL;
  gint64 value;

  if (!*text) {
    *bound = otherwise;
    return TRUE;
  }
  value = g_ascii_strtoll (text, &end, 10);
  *bound = CLAMP (value < 0 ? value + count : value, 0, count);
  return !*end;
}

/**
 * voxel_slice_range_parse:
 * @text: "a:b", ":b", "a:" or ":", as Python means it: b is not in it, negative numbers count from the end
 * @count: slices there are
 * @first: (out): first slice
 * @last: (out): last slice, inclusive
 * @error: VOXEL_COMMAND_ERROR_USAGE; a range without slices is one
 *
 * Returns: whether @text is a range
 */
gboolean
voxel_slice_range_parse (const gchar *text, guint count, guint *first, guint *last, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", -1);
  gint64 begin, end;

  if (g_strv_length (parts) != 2 || !parse_bound (parts[0], count, 0, &begin) ||
      !parse_bound (parts[1], count, count, &end)) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                 "--slices %s: expected first:end, such as 100:200 or -50: (the end is not in it)", text);
    return FALSE;
  }
  if (begin >= end) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                 "--slices %s leaves none of the %u slices (they count from 0)", text, count);
    return FALSE;
  }
  *first = (guint) begin;
  *last = (guint) (end - 1);
  return TRUE;
}
