/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "slice-row.h"
#include "slice-list-files.h"
#include "tiff-error.h"

#include <fnmatch.h>
#include <string.h>

#define WILDCARDS "*?["
#define MAX_DIGITS 18

struct _VoxelSliceRow {
  gchar *folder;
  gchar *pattern;
  /* Characters at the end of a name that the pattern gives: no digit of the number is among them. */
  gsize tail;

  gchar *prefix;
  gchar *suffix;
  gint digits;
};

static gsize
literal_tail (const gchar *pattern)
{
  gsize length = strlen (pattern), tail = 0;

  while (tail < length && !strchr (WILDCARDS "]", pattern[length - 1 - tail]))
    tail++;
  return tail;
}

/**
 * voxel_slice_row_new:
 * @location: a folder, or a pattern for names in one folder
 * @error: VOXEL_TIFF_ERROR_NOT_FOUND or UNSUPPORTED
 *
 * The files of a folder whose names differ in one number only, such as scan_0001.tif, scan_0002.tif.
 *
 * Returns: (transfer full): a row of which no name is known yet
 */
VoxelSliceRow *
voxel_slice_row_new (const gchar *location, GError **error)
{
  g_autoptr (VoxelSliceRow) row = g_new0 (VoxelSliceRow, 1);

  if (g_file_test (location, G_FILE_TEST_IS_DIR)) {
    row->folder = g_strdup (location);
    return g_steal_pointer (&row);
  }
  row->folder = g_path_get_dirname (location);
  row->pattern = g_path_get_basename (location);
  row->tail = literal_tail (row->pattern);
  if (g_file_test (location, G_FILE_TEST_EXISTS) || !strpbrk (row->pattern, WILDCARDS)) {
    g_set_error (
        error, VOXEL_TIFF_ERROR,
        g_file_test (location, G_FILE_TEST_EXISTS) ? VOXEL_TIFF_ERROR_UNSUPPORTED
                                                   : VOXEL_TIFF_ERROR_NOT_FOUND,
        "\"%s\": a folder is followed, one file a slice: name the folder of the slices, or a pattern "
        "such as folder/scan_*.tif",
        location);
    return NULL;
  }
  if (strpbrk (row->folder, WILDCARDS) || !g_file_test (row->folder, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_NOT_FOUND,
                 "\"%s\": there is no folder \"%s\": one folder is followed, make it first", location,
                 row->folder);
    return NULL;
  }
  return g_steal_pointer (&row);
}

/**
 * voxel_slice_row_free:
 * @row: (transfer full): a row
 */
void
voxel_slice_row_free (VoxelSliceRow *row)
{
  g_free (row->folder);
  g_free (row->pattern);
  g_free (row->prefix);
  g_free (row->suffix);
  g_free (row);
}

/**
 * voxel_slice_row_get_folder:
 * @row: a row
 *
 * Returns: where its files lie
 */
const gchar *
voxel_slice_row_get_folder (const VoxelSliceRow *row)
{
  return row->folder;
}

/**
 * voxel_slice_row_accepts:
 * @row: a row
 * @name: of an entry of the folder
 *
 * Returns: whether it is to be a slice: no hidden file, of TIFF's extension where no pattern says otherwise
 */
gboolean
voxel_slice_row_accepts (const VoxelSliceRow *row, const gchar *name)
{
  if (row->pattern)
    return fnmatch (row->pattern, name, FNM_PERIOD) == 0;
  return *name != '.' && voxel_slice_list_is_tiff_name (name);
}

/* Finds the last digits of @name: before what the pattern gives, or before the extension. */
static gboolean
find_digits (const VoxelSliceRow *row, const gchar *name, gsize *at, gsize *count)
{
  const gchar *dot = strrchr (name, '.');
  gsize length = strlen (name);
  gsize end = row->tail > 0 && row->tail <= length ? length - row->tail : dot ? (gsize) (dot - name) : length;

  while (end > 0 && !g_ascii_isdigit (name[end - 1]))
    end--;
  *at = end;
  while (*at > 0 && g_ascii_isdigit (name[*at - 1]))
    (*at)--;
  *count = end - *at;
  return *count > 0 && *count <= MAX_DIGITS;
}

/**
 * voxel_slice_row_get_number:
 * @row: a row
 * @name: a name that it accepts
 * @number: (out): the last number in it, before the extension or what the pattern ends with
 *
 * Returns: whether there is one and, once the row has begun, the rest of @name is that of the first one
 */
gboolean
voxel_slice_row_get_number (const VoxelSliceRow *row, const gchar *name, guint64 *number)
{
  g_autofree gchar *expected = NULL;
  gsize at, count;

  if (!find_digits (row, name, &at, &count))
    return FALSE;
  *number = g_ascii_strtoull (name + at, NULL, 10);
  if (!row->prefix)
    return TRUE;
  expected = voxel_slice_row_make_name (row, *number);
  return strcmp (expected, name) == 0;
}

/**
 * voxel_slice_row_begin:
 * @row: a row that has not begun
 * @name: of its first file, with a number
 */
void
voxel_slice_row_begin (VoxelSliceRow *row, const gchar *name)
{
  gsize at, count;

  g_return_if_fail (!row->prefix && find_digits (row, name, &at, &count));
  row->prefix = g_strndup (name, at);
  row->suffix = g_strdup (name + at + count);
  row->digits = (gint) count;
}

/**
 * voxel_slice_row_has_begun:
 * @row: a row
 *
 * Returns: whether names are known
 */
gboolean
voxel_slice_row_has_begun (const VoxelSliceRow *row)
{
  return row->prefix != NULL;
}

/**
 * voxel_slice_row_make_name:
 * @row: a row that has begun
 * @number: of a file
 *
 * Returns: (transfer full): its name, with zeros before the number as in the first one
 */
gchar *
voxel_slice_row_make_name (const VoxelSliceRow *row, guint64 number)
{
  return g_strdup_printf ("%s%0*" G_GUINT64_FORMAT "%s", row->prefix, row->digits, number, row->suffix);
}
