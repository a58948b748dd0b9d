/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "slice-list-files.h"
#include "tiff-error.h"

#include <errno.h>
#include <glob.h>
#include <string.h>

#define WILDCARDS "*?["

static const gchar *
skip_zeros (const gchar *digits)
{
  while (*digits == '0')
    digits++;
  return digits;
}

/* Compares the numbers at which both names stand, and moves on behind them. */
static gint
compare_numbers (const gchar **a, const gchar **b)
{
  const gchar *digits_a = skip_zeros (*a), *digits_b = skip_zeros (*b);
  gsize length_a = strspn (digits_a, "0123456789"), length_b = strspn (digits_b, "0123456789");

  *a = digits_a + length_a;
  *b = digits_b + length_b;
  if (length_a != length_b)
    return length_a < length_b ? -1 : 1;
  return strncmp (digits_a, digits_b, length_a);
}

/**
 * voxel_slice_list_compare_names:
 * @a: a file name
 * @b: another
 *
 * Natural order: numbers within names count as numbers, so that img2 comes before img10.
 *
 * Returns: less than, equal to or greater than 0, as @a comes before, with or after @b; 0 only for equal
 * names
 */
gint
voxel_slice_list_compare_names (const gchar *a, const gchar *b)
{
  const gchar *at_a = a, *at_b = b;

  while (*at_a && *at_b) {
    if (g_ascii_isdigit (*at_a) && g_ascii_isdigit (*at_b)) {
      gint order = compare_numbers (&at_a, &at_b);

      if (order != 0)
        return order;
      continue;
    }
    if (*at_a != *at_b)
      return (guchar) *at_a < (guchar) *at_b ? -1 : 1;
    at_a++;
    at_b++;
  }
  if (*at_a || *at_b)
    return *at_a ? 1 : -1;
  return strcmp (a, b);
}

static gint
compare_entries (gconstpointer a, gconstpointer b)
{
  return voxel_slice_list_compare_names (*(const gchar *const *) a, *(const gchar *const *) b);
}

/**
 * voxel_slice_list_is_tiff_name:
 * @name: of a file
 *
 * Returns: whether it ends with .tif or .tiff, in any case
 */
gboolean
voxel_slice_list_is_tiff_name (const gchar *name)
{
  const gchar *dot = strrchr (name, '.');

  return dot && dot != name &&
         (g_ascii_strcasecmp (dot, ".tif") == 0 || g_ascii_strcasecmp (dot, ".tiff") == 0);
}

/**
 * voxel_slice_list_make_stem:
 * @path: a file's path
 *
 * Returns: (transfer full): its name without folder and TIFF's extension (of .ome.tif that of .tif only)
 */
gchar *
voxel_slice_list_make_stem (const gchar *path)
{
  gchar *name = g_path_get_basename (path);

  if (voxel_slice_list_is_tiff_name (name))
    *strrchr (name, '.') = '\0';
  return name;
}

/**
 * voxel_slice_list_make_id:
 * @path: the path of a slice's file
 *
 * Returns: (transfer full): the name of the scan: its folder's, or that folder's parent's where the folder is
 *   called images, label or labels
 */
gchar *
voxel_slice_list_make_id (const gchar *path)
{
  static const gchar *const kinds[] = {"images", "label", "labels", NULL};
  g_autofree gchar *absolute = g_canonicalize_filename (path, NULL);
  g_autofree gchar *folder = g_path_get_dirname (absolute);
  g_autofree gchar *name = g_path_get_basename (folder);

  if (g_strv_contains (kinds, name)) {
    g_autofree gchar *parent = g_path_get_dirname (folder);

    g_free (name);
    name = g_path_get_basename (parent);
  }
  return g_strcmp0 (name, G_DIR_SEPARATOR_S) == 0 ? g_strdup ("volume") : g_steal_pointer (&name);
}

static gboolean
list_folder (const gchar *location, GPtrArray *paths, guint *ignored, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GDir) folder = g_dir_open (location, 0, &problem);
  const gchar *name;

  if (!folder) {
    voxel_tiff_error_set_errno (error, location,
                                g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_ACCES) ? EACCES : EIO);
    return FALSE;
  }
  while ((name = g_dir_read_name (folder))) {
    if (*name == '.' || !voxel_slice_list_is_tiff_name (name)) {
      (*ignored)++;
      continue;
    }
    g_ptr_array_add (paths, g_build_filename (location, name, NULL));
  }
  if (paths->len == 0)
    g_set_error (
        error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_NOT_FOUND,
        "\"%s\": there is no *.tif or *.tiff in this folder (%u other files): name the folder of the slices",
        location, *ignored);
  return paths->len > 0;
}

static gboolean
expand_pattern (const gchar *location, GPtrArray *paths, guint *ignored, GError **error)
{
  glob_t found = {0};
  gint status = glob (location, GLOB_NOSORT, NULL, &found);

  for (gsize i = 0; status == 0 && i < found.gl_pathc; i++) {
    if (g_file_test (found.gl_pathv[i], G_FILE_TEST_IS_DIR))
      (*ignored)++;
    else
      g_ptr_array_add (paths, g_strdup (found.gl_pathv[i]));
  }
  globfree (&found);
  if (paths->len == 0)
    g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_NOT_FOUND,
                 "\"%s\": no file has this name, and none matches it as a pattern: check the name", location);
  return paths->len > 0;
}

/**
 * voxel_slice_list_exists:
 * @location: a folder, a file, or a pattern
 *
 * Returns: whether there is something of that name, or that matches it
 */
gboolean
voxel_slice_list_exists (const gchar *location)
{
  glob_t found = {0};
  gboolean exists = g_file_test (location, G_FILE_TEST_EXISTS);

  if (exists || !strpbrk (location, WILDCARDS))
    return exists;
  exists = glob (location, GLOB_NOSORT, NULL, &found) == 0;
  globfree (&found);
  return exists;
}

/**
 * voxel_slice_list_find_files:
 * @location: a folder (all its *.tif and *.tiff, in any case, not hidden), a file, or a pattern with *, ? and
 * []
 * @ignored: (out): entries that were left out: hidden files and other types
 * @error: VOXEL_TIFF_ERROR_NOT_FOUND, PERMISSION or READ
 *
 * A file of that very name is preferred to a pattern.
 *
 * Returns: (transfer full) (element-type filename): paths in natural order, at least one
 */
GPtrArray *
voxel_slice_list_find_files (const gchar *location, guint *ignored, GError **error)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  *ignored = 0;
  if (g_file_test (location, G_FILE_TEST_IS_DIR)) {
    if (!list_folder (location, paths, ignored, error))
      return NULL;
  } else if (g_file_test (location, G_FILE_TEST_EXISTS) || !strpbrk (location, WILDCARDS)) {
    g_ptr_array_add (paths, g_strdup (location));
  } else if (!expand_pattern (location, paths, ignored, error)) {
    return NULL;
  }
  g_ptr_array_sort (paths, compare_entries);
  return g_steal_pointer (&paths);
}
