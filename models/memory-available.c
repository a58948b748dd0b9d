/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "models/memory.h"

/* The number behind @name in a file of lines "name number", or the file's only number; 0 where there is none,
 * such as "max". */
static guint64
read_number (const gchar *path, const gchar *name)
{
  g_autofree gchar *text = NULL;
  const gchar *at;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  at = name ? strstr (text, name) : text;
  return at ? g_ascii_strtoull (at + (name ? strlen (name) : 0), NULL, 10) : 0;
}

static guint64
read_in (const gchar *folder, const gchar *file, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (folder, file, NULL);

  return read_number (path, name);
}

/* What a control group leaves: files that are only cached give way. */
static guint64
left_in_group (const gchar *folder, const gchar *limit_file, const gchar *used_file, const gchar *cached_name)
{
  guint64 limit = read_in (folder, limit_file, NULL), used = read_in (folder, used_file, NULL);
  guint64 cached = read_in (folder, "memory.stat", cached_name);

  used -= MIN (used, cached);
  return limit ? limit - MIN (limit, used) : G_MAXUINT64;
}

/* Of the group at @path below @root and all above it. */
static guint64
left_in_groups (const gchar *root, const gchar *path, gboolean unified)
{
  g_autofree gchar *folder = g_build_filename (root, path, NULL);
  guint64 left = G_MAXUINT64;

  while (strlen (folder) >= strlen (root)) {
    guint64 here = unified ? left_in_group (folder, "memory.max", "memory.current", "inactive_file ")
                           : left_in_group (folder, "memory.limit_in_bytes", "memory.usage_in_bytes",
                                            "total_inactive_file ");
    gchar *above = g_path_get_dirname (folder);

    left = MIN (left, here);
    g_free (folder);
    folder = above;
  }
  return left;
}

/* /proc/self/cgroup has a line "number:controllers:path" for each hierarchy, control-group(7). */
static guint64
left_by_groups (void)
{
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint64 left = G_MAXUINT64;

  if (!g_file_get_contents ("/proc/self/cgroup", &text, NULL, NULL))
    return left;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    g_auto (GStrv) parts = g_strsplit (lines[i], ":", 3);

    if (g_strv_length (parts) != 3)
      continue;
    if (!*parts[1])
      left = MIN (left, left_in_groups ("/sys/fs/cgroup", parts[2], TRUE));
    else if (g_str_equal (parts[1], "memory"))
      left = MIN (left, left_in_groups ("/sys/fs/cgroup/memory", parts[2], FALSE));
  }
  return left;
}

/**
 * voxel_memory_available:
 *
 * What the machine and the control groups of this process can give without swapping or killing anything, as
 * of now.
 *
 * Returns: bytes; the largest number where the system does not say
 */
guint64
voxel_memory_available (void)
{
  guint64 kibibytes = read_number ("/proc/meminfo", "MemAvailable:");

  return MIN (kibibytes ? kibibytes * 1024 : G_MAXUINT64, left_by_groups ());
}

/**
 * voxel_memory_to_text:
 * @bytes: a size
 *
 * Returns: (transfer full): for people, such as "1.5 GiB"; as the command's options take it
 */
gchar *
voxel_memory_to_text (guint64 bytes)
{
  static const gchar units[] = "KMGTPE";
  gdouble value = (gdouble) bytes / 1024;
  guint unit = 0;

  if (bytes < 1024)
    return g_strdup_printf ("%u bytes", (guint) bytes);
  for (; value >= 1024 && units[unit + 1]; unit++)
    value /= 1024;
  return g_strdup_printf ("%.*f %ciB", value < 100 ? 1 : 0, value, units[unit]);
}
