/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "segment-outputs.h"

static gboolean
fail (GError **error, const gchar *format, ...)
{
  va_list arguments;
  g_autofree gchar *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, text);
  return FALSE;
}

static gboolean
has_ending (const gchar *path, const gchar *ending)
{
  gsize size = strlen (path), tail = strlen (ending);

  return size > tail && g_ascii_strcasecmp (path + size - tail, ending) == 0;
}

/**
 * voxel_output_kind_parse:
 * @path: x.csv, x.tif, x.tiff or a folder: one that exists, ends with / or has no ending
 * @kind: (out): what it asks for
 * @error: VOXEL_COMMAND_ERROR_USAGE for another ending
 *
 * Returns: whether it is one of these
 */
gboolean
voxel_output_kind_parse (const gchar *path, VoxelOutputKind *kind, GError **error)
{
  g_autofree gchar *name = g_path_get_basename (path);

  if (!*path)
    return fail (error, "the name of an output is empty");
  *kind = VOXEL_OUTPUT_FOLDER;
  if (g_str_has_suffix (path, "/") || g_file_test (path, G_FILE_TEST_IS_DIR))
    return TRUE;
  *kind = VOXEL_OUTPUT_CSV;
  if (has_ending (name, ".csv"))
    return TRUE;
  *kind = VOXEL_OUTPUT_TIFF;
  if (has_ending (name, ".tif") || has_ending (name, ".tiff"))
    return TRUE;
  *kind = VOXEL_OUTPUT_FOLDER;
  return !strchr (name, '.') ||
         fail (
             error,
             "%s: what kind of output?\nSay x.csv (run lengths), x.tif (TIFF) or a folder with / at its end",
             path);
}

/**
 * voxel_output_location:
 * @path: of the user
 * @kind: of voxel_output_kind_parse()
 *
 * Returns: @path as the sink takes it: folders end with /
 */
gchar *
voxel_output_location (const gchar *path, VoxelOutputKind kind)
{
  gboolean slash = kind == VOXEL_OUTPUT_FOLDER && !g_str_has_suffix (path, "/");

  return g_strconcat (path, slash ? "/" : "", NULL);
}

static gboolean
same_file (const gchar *a, const gchar *b)
{
  struct stat first, second;

  return stat (a, &first) == 0 && stat (b, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

/**
 * voxel_output_without_slashes:
 * @path: of a file or a folder
 *
 * Returns: (transfer full): the same without slashes at its end
 */
gchar *
voxel_output_without_slashes (const gchar *path)
{
  gchar *trimmed = g_strdup (path);

  for (gsize size = strlen (trimmed); size > 1 && trimmed[size - 1] == '/'; size--)
    trimmed[size - 1] = '\0';
  return trimmed;
}

/* The folder that an output comes to lie in; a folder itself where it exists. */
static gchar *
folder_of (const gchar *path)
{
  g_autofree gchar *trimmed = voxel_output_without_slashes (path);

  if (g_file_test (trimmed, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&trimmed);
  return g_path_get_dirname (trimmed);
}

static gboolean
check_input (const gchar *path, const gchar *folder, const gchar *input, GError **error)
{
  g_autofree gchar *input_folder = NULL;
  g_autofree gchar *name = NULL;

  if (same_file (path, input))
    return fail (error, "%s: the output would replace an input\nGive the output another name", path);
  if (has_ending (path, ".csv"))
    return TRUE;
  /* A later reading of the scan would take the mask for slices of it. */
  input_folder = g_file_test (input, G_FILE_TEST_IS_DIR) ? g_strdup (input) : g_path_get_dirname (input);
  name = g_path_get_basename (input);
  if (!same_file (folder, input_folder))
    return TRUE;
  if (g_file_test (input, G_FILE_TEST_IS_REGULAR) && !g_file_test (path, G_FILE_TEST_IS_DIR))
    return TRUE;
  return fail (error, "%s: the output lies among the slices of %s\nGive the output a folder of its own", path,
               input);
}

/**
 * voxel_output_check:
 * @path: of an output
 * @inputs: (array zero-terminated=1): what is read: files, folders, globs
 * @error: VOXEL_COMMAND_ERROR_USAGE naming the output and the remedy
 *
 * Returns: whether the output can be written and replaces nothing that is read
 */
gboolean
voxel_output_check (const gchar *path, const gchar *const *inputs, GError **error)
{
  g_autofree gchar *trimmed = voxel_output_without_slashes (path);
  g_autofree gchar *folder = folder_of (path);

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    return fail (error, "%s: there is no folder %s\nMake it first: mkdir -p %s", path, folder, folder);
  if (access (folder, W_OK | X_OK) != 0)
    return fail (error, "%s: nothing can be written in %s: %s\nGive the output another folder", path, folder,
                 g_strerror (errno));
  if (g_str_has_suffix (path, "/") && g_file_test (trimmed, G_FILE_TEST_EXISTS) &&
      !g_file_test (trimmed, G_FILE_TEST_IS_DIR))
    return fail (error, "%s is no folder", path);
  for (; *inputs; inputs++) {
    if (!check_input (path, folder, *inputs, error))
      return FALSE;
  }
  return TRUE;
}

/**
 * voxel_outputs_distinct:
 * @paths: (array zero-terminated=1): all outputs
 * @error: VOXEL_COMMAND_ERROR_USAGE naming the one that comes twice
 *
 * Returns: whether no output replaces another
 */
gboolean
voxel_outputs_distinct (const gchar *const *paths, GError **error)
{
  for (guint i = 0; paths[i]; i++) {
    g_autofree gchar *a = g_canonicalize_filename (paths[i], NULL);

    for (guint j = 0; j < i; j++) {
      g_autofree gchar *b = g_canonicalize_filename (paths[j], NULL);

      if (strcmp (a, b) == 0 || same_file (a, b))
        return fail (error, "%s: two outputs have this name", paths[i]);
    }
  }
  return TRUE;
}
