/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <sys/stat.h>
#include <sys/statvfs.h>

#include "command.h"
#include "disk-space.h"

/* The folder that is there already, and its device. */
static gchar *
find_folder (const gchar *path, dev_t *device)
{
  g_autofree gchar *folder = g_strdup (path);
  struct stat status;

  while (stat (folder, &status) != 0 || !S_ISDIR (status.st_mode)) {
    gchar *above = g_path_get_dirname (folder);

    if (g_str_equal (above, folder)) {
      g_free (above);
      return NULL;
    }
    g_free (folder);
    folder = above;
  }
  *device = status.st_dev;
  return g_steal_pointer (&folder);
}

static guint64
add (guint64 a, guint64 b)
{
  guint64 sum;

  return g_uint64_checked_add (&sum, a, b) ? sum : G_MAXUINT64;
}

static gboolean
check_device (const gchar *folder, guint64 bytes, const GString *what, const gchar *options, GError **error)
{
  g_autofree gchar *need = g_format_size (bytes);
  g_autofree gchar *have = NULL;
  struct statvfs fs;
  guint64 available;

  /* Some file systems do not say. */
  if (statvfs (folder, &fs) != 0 || fs.f_blocks == 0)
    return TRUE;
  available = (guint64) fs.f_bavail * fs.f_frsize;
  if (bytes <= available)
    return TRUE;
  have = g_format_size (available);
  g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED,
               "the disk of %s has %s free, and this takes %s (%s)\n"
               "Choose another folder with %s, raise --memory-limit or make room",
               folder, have, need, what->str, options);
  return FALSE;
}

/**
 * voxel_disk_space_check:
 * @needs: (array length=n): what the parts of a run write
 * @n: parts
 * @options: of the command line that name folders, for the remedy
 * @error: VOXEL_COMMAND_ERROR_FAILED naming folder, need, what is free and remedy
 *
 * Parts that write to the same file system share what is free there.
 *
 * Returns: whether all of it finds room
 */
gboolean
voxel_disk_space_check (const VoxelDiskNeed *needs, gsize n, const gchar *options, GError **error)
{
  for (gsize i = 0; i < n; i++) {
    dev_t device, other;
    g_autofree gchar *folder = find_folder (needs[i].path, &device);
    g_autoptr (GString) what = g_string_new (NULL);
    guint64 bytes = 0;

    for (gsize k = 0; folder && k < n; k++) {
      g_autofree gchar *shared = find_folder (needs[k].path, &other);
      g_autofree gchar *size = g_format_size (needs[k].bytes);

      if (!shared || other != device || needs[k].bytes == 0)
        continue;
      bytes = add (bytes, needs[k].bytes);
      g_string_append_printf (what, "%s%s %s", what->len > 0 ? ", " : "", needs[k].what, size);
    }
    if (needs[i].bytes > 0 && folder && !check_device (folder, bytes, what, options, error))
      return FALSE;
  }
  return TRUE;
}
