/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/disk-cache.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

/* A folder of texts that take long to make. Each is a file named by its key; its first line is a digest of key and
 * text, so that what is damaged, cut short or of another key is not taken. */
struct _VoxelDiskCache {
  gchar *folder;
  guint64 limit;
  gboolean refused; /* to write there: told once */
};

#define DIGEST_LENGTH 64 /* SHA-256 in hexadecimal */

/**
 * voxel_disk_cache_new:
 * @folder: made when it is first written to
 * @limit: bytes of all files; what was used last stays
 *
 * Several processes may use the same folder.
 *
 * Returns: (transfer full): the cache
 */
VoxelDiskCache *
voxel_disk_cache_new (const gchar *folder, guint64 limit)
{
  VoxelDiskCache *cache = g_new0 (VoxelDiskCache, 1);

  cache->folder = g_strdup (folder);
  cache->limit = limit;
  return cache;
}

void
voxel_disk_cache_free (VoxelDiskCache *cache)
{
  g_free (cache->folder);
  g_free (cache);
}

static gchar *
digest (const gchar *key, const gchar *text)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  g_checksum_update (sum, (const guchar *) key, (gssize) strlen (key) + 1);
  g_checksum_update (sum, (const guchar *) text, -1);
  return g_strdup (g_checksum_get_string (sum));
}

/**
 * voxel_disk_cache_read:
 * @cache: a cache
 * @key: letters and digits
 *
 * Returns: (transfer full) (nullable): what was last written for @key, whole
 */
gchar *
voxel_disk_cache_read (VoxelDiskCache *cache, const gchar *key)
{
  g_autofree gchar *path = g_build_filename (cache->folder, key, NULL), *contents = NULL, *expected = NULL;
  gsize length;

  if (!g_file_get_contents (path, &contents, &length, NULL))
    return NULL;
  if (length > DIGEST_LENGTH && contents[DIGEST_LENGTH] == '\n')
    expected = digest (key, contents + DIGEST_LENGTH + 1);
  if (!expected || strncmp (contents, expected, DIGEST_LENGTH) != 0) {
    g_info ("%s is damaged and will be made again", path);
    return NULL;
  }
  /* What is used stays longest. */
  g_utime (path, NULL);
  return g_strdup (contents + DIGEST_LENGTH + 1);
}

typedef struct {
  gchar *path;
  gint64 used;
  guint64 size;
} Entry;

static void
entry_clear (gpointer data)
{
  g_free (((Entry *) data)->path);
}

static gint
by_use (gconstpointer a, gconstpointer b)
{
  const Entry *one = a, *other = b;

  return one->used < other->used ? -1 : one->used > other->used;
}

static GArray *
list (const VoxelDiskCache *cache)
{
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_autoptr (GDir) dir = g_dir_open (cache->folder, 0, NULL);
  const gchar *name;

  g_array_set_clear_func (entries, entry_clear);
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree gchar *path = g_build_filename (cache->folder, name, NULL);
    GStatBuf info;

    if (g_stat (path, &info) == 0 && S_ISREG (info.st_mode)) {
      const Entry entry = {g_steal_pointer (&path), (gint64) info.st_mtime, (guint64) info.st_size};

      g_array_append_val (entries, entry);
    }
  }
  g_array_sort (entries, by_use);
  return entries;
}

/* Temporary files of processes that were killed go in their turn. */
static void
trim (const VoxelDiskCache *cache)
{
  g_autoptr (GArray) entries = list (cache);
  guint64 size = 0;

  for (guint i = 0; i < entries->len; i++)
    size += g_array_index (entries, Entry, i).size;
  for (guint i = 0; i < entries->len && size > cache->limit; i++) {
    const Entry *entry = &g_array_index (entries, Entry, i);

    g_unlink (entry->path);
    size -= entry->size;
  }
}

static gboolean
save (const VoxelDiskCache *cache, const gchar *key, const gchar *text, GError **error)
{
  g_autofree gchar *path = g_build_filename (cache->folder, key, NULL), *sum = digest (key, text);
  g_autofree gchar *contents = g_strconcat (sum, "\n", text, NULL);

  if (g_mkdir_with_parents (cache->folder, 0700) != 0) {
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "Folder %s cannot be made: %s",
                 cache->folder, g_strerror (errno));
    return FALSE;
  }
  return g_file_set_contents_full (path, contents, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

/**
 * voxel_disk_cache_write:
 * @cache: a cache
 * @key: letters and digits
 * @text: what to keep
 *
 * Where the folder cannot be written to, that is logged once, and nothing is kept.
 */
void
voxel_disk_cache_write (VoxelDiskCache *cache, const gchar *key, const gchar *text)
{
  g_autoptr (GError) error = NULL;

  if (cache->refused)
    return;
  if (save (cache, key, text, &error)) {
    trim (cache);
    return;
  }
  cache->refused = TRUE;
  g_info ("Nothing is kept for the next start: %s", error->message);
}
