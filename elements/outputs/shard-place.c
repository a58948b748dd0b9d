/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where shards go: the files of a pattern, in one folder, and their index. */

#include "shard-place.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "name-pattern.h"
#include "output-file.h"

#define TOKEN "{index"

struct _VoxelShardPlace {
  VoxelNamePattern *pattern;
  gchar *folder;
  gchar *index;
};

static gchar *
expand (const VoxelNamePattern *pattern, guint64 number)
{
  return voxel_name_pattern_expand (pattern, "", "", number, 'z');
}

static gboolean
refuse (const gchar *location, GError **error)
{
  g_set_error (
      error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      "%s: the name of a file with the shard's number and nothing else to fill in is needed, such as "
      "shards/train-%%06d.tar",
      location);
  return FALSE;
}

/* shards/train-{index:06}.tar: shards/train.json; shards/{index:06}.tar: shards/index.json. */
static gchar *
default_index (const gchar *text, const gchar *folder)
{
  g_autofree gchar *stem = g_strndup (text, (gsize) (strstr (text, TOKEN) - text));
  g_autoptr (VoxelNamePattern) pattern = voxel_name_pattern_new (stem, NULL);
  g_autofree gchar *path = expand (pattern, 0);
  g_autofree gchar *name =
      g_str_has_suffix (path, "/") || !*path ? g_strdup ("") : g_path_get_basename (path);
  g_autofree gchar *file = NULL;

  for (gsize n = strlen (name); n > 0 && strchr ("-_.", name[n - 1]); n--)
    name[n - 1] = '\0';
  file = g_strconcat (*name ? name : "index", ".json", NULL);
  return g_build_filename (folder, file, NULL);
}

/**
 * voxel_shard_place_new:
 * @location: a pattern such as "shards/train-%06d.tar" or "shards/{index:06}.tar"
 * @index: (nullable): the file of the index; %NULL for one beside the shards, "" for none
 * @error: G_IO_ERROR_INVALID_ARGUMENT where @location is no such pattern
 *
 * Returns: (nullable) (transfer full): the place
 */
VoxelShardPlace *
voxel_shard_place_new (const gchar *location, const gchar *index, GError **error)
{
  g_autoptr (VoxelShardPlace) self = g_new0 (VoxelShardPlace, 1);
  g_autofree gchar *text = voxel_name_pattern_from_printf (location, error);
  g_autofree gchar *first = NULL, *second = NULL, *other = NULL;

  if (!text)
    return NULL;
  self->pattern = voxel_name_pattern_new (text, error);
  if (!self->pattern)
    return NULL;
  first = expand (self->pattern, 0);
  second = expand (self->pattern, 1);
  self->folder = g_path_get_dirname (first);
  other = g_path_get_dirname (second);
  if (voxel_name_pattern_get_tokens (self->pattern) != VOXEL_NAME_INDEX || g_str_has_suffix (first, "/") ||
      !g_str_equal (self->folder, other)) {
    refuse (location, error);
    return NULL;
  }
  if (!index)
    self->index = default_index (text, self->folder);
  else if (*index)
    self->index = g_strdup (index);
  return g_steal_pointer (&self);
}

/**
 * voxel_shard_place_get_path:
 * @self: a place
 * @number: of a shard, from 0
 *
 * Returns: (transfer full): its file
 */
gchar *
voxel_shard_place_get_path (const VoxelShardPlace *self, guint64 number)
{
  return expand (self->pattern, number);
}

/**
 * voxel_shard_place_get_folder:
 * @self: a place
 *
 * Returns: the folder of all shards
 */
const gchar *
voxel_shard_place_get_folder (const VoxelShardPlace *self)
{
  return self->folder;
}

/**
 * voxel_shard_place_get_index:
 * @self: a place
 *
 * Returns: (nullable): the file of the index
 */
const gchar *
voxel_shard_place_get_index (const VoxelShardPlace *self)
{
  return self->index;
}

/* Whether a file is a shard of this place: with one of the numbers in its name. */
static gboolean
is_shard (const VoxelShardPlace *self, const gchar *path)
{
  g_autofree gchar *name = g_path_get_basename (path);

  for (const gchar *at = name; *at; at++) {
    g_autofree gchar *shard = NULL;

    if (!g_ascii_isdigit (*at) || (at > name && g_ascii_isdigit (at[-1])))
      continue;
    shard = expand (self->pattern, g_ascii_strtoull (at, NULL, 10));
    if (g_str_equal (shard, path))
      return TRUE;
  }
  return FALSE;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *) a, *(const gchar *const *) b);
}

/* What an earlier run left: shards in order, and the index before them. */
static GPtrArray *
find_files (const VoxelShardPlace *self)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) names = g_dir_open (self->folder, 0, NULL);
  g_autofree gchar *first = expand (self->pattern, 0);
  gboolean bare = !strchr (first, '/');
  const gchar *name;

  while (names && (name = g_dir_read_name (names))) {
    g_autofree gchar *path = bare ? g_strdup (name) : g_build_filename (self->folder, name, NULL);

    if (is_shard (self, path))
      g_ptr_array_add (paths, g_steal_pointer (&path));
  }
  g_ptr_array_sort (paths, compare);
  if (self->index && g_file_test (self->index, G_FILE_TEST_IS_REGULAR))
    g_ptr_array_insert (paths, 0, g_strdup (self->index));
  return paths;
}

/**
 * voxel_shard_place_check_empty:
 * @self: a place
 * @error: G_IO_ERROR_EXISTS, naming a file
 *
 * Returns: whether no earlier run left shards or an index there
 */
gboolean
voxel_shard_place_check_empty (const VoxelShardPlace *self, GError **error)
{
  g_autoptr (GPtrArray) paths = find_files (self);

  if (paths->len == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
               "%s is there already, of %u files of an earlier run, and shards of two runs would mix: write "
               "elsewhere, remove them",
               (const gchar *) g_ptr_array_index (paths, paths->len - 1), paths->len);
  return FALSE;
}

/**
 * voxel_shard_place_clear:
 * @self: a place
 * @error: G_IO_ERROR, naming the file
 *
 * Makes the folder, or removes what an earlier run left there, the index first: where it stands all shards are
 * those that it tells of.
 *
 * Returns: whether shards can be written
 */
gboolean
voxel_shard_place_clear (const VoxelShardPlace *self, GError **error)
{
  g_autoptr (GPtrArray) paths = NULL;

  if (g_mkdir_with_parents (self->folder, 0777) < 0) {
    voxel_output_file_set_error (error, "Cannot make the folder", self->folder, errno);
    return FALSE;
  }
  voxel_output_file_clean (self->folder);
  paths = find_files (self);
  for (guint i = 0; i < paths->len; i++) {
    const gchar *path = g_ptr_array_index (paths, i);

    if (g_unlink (path) < 0 && errno != ENOENT) {
      voxel_output_file_set_error (error, "Cannot remove", path, errno);
      return FALSE;
    }
  }
  return TRUE;
}

/**
 * voxel_shard_place_free:
 * @self: (transfer full): a place
 */
void
voxel_shard_place_free (VoxelShardPlace *self)
{
  g_clear_pointer (&self->pattern, voxel_name_pattern_free);
  g_free (self->folder);
  g_free (self->index);
  g_free (self);
}
