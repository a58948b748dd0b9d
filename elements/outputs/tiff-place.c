/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a location means: a file for a whole stack (x.tif), a file for each slice (a name with {name}, {index}
 * or %04d) or a folder for such files (anything else). */

#include "tiff-place.h"

#include "name-pattern.h"
#include "output-file.h"

#include <errno.h>
#include <string.h>

struct _VoxelTiffPlace {
  VoxelNamePattern *pattern;
  gboolean stack;
};

static const gchar *const suffixes[] = {".tif", ".tiff", ".btf", ".tf8"};

static gboolean
names_file (const gchar *location)
{
  g_autofree gchar *lower = g_ascii_strdown (location, -1);

  if (g_file_test (location, G_FILE_TEST_IS_DIR))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    if (g_str_has_suffix (lower, suffixes[i]))
      return TRUE;
  }
  return FALSE;
}

/**
 * voxel_tiff_place_new:
 * @location: a file, a pattern of files or a folder
 * @error: G_IO_ERROR_INVALID_ARGUMENT where it is a pattern that cannot be read
 *
 * Returns: (nullable) (transfer full): what it means
 */
VoxelTiffPlace *
voxel_tiff_place_new (const gchar *location, GError **error)
{
  g_autoptr (VoxelTiffPlace) self = g_new0 (VoxelTiffPlace, 1);
  g_autofree gchar *text = voxel_name_pattern_from_printf (location, error);
  VoxelNameTokens tokens;

  if (!text)
    return NULL;
  self->pattern = voxel_name_pattern_new (text, error);
  if (!self->pattern)
    return NULL;
  tokens = voxel_name_pattern_get_tokens (self->pattern);
  if (tokens & (VOXEL_NAME_NAME | VOXEL_NAME_INDEX))
    return g_steal_pointer (&self);
  self->stack = names_file (location);
  if (!self->stack) {
    g_autofree gchar *inside = g_build_filename (text, "{name}.tif", NULL);

    voxel_name_pattern_free (self->pattern);
    self->pattern = voxel_name_pattern_new (inside, error);
  }
  return self->pattern ? g_steal_pointer (&self) : NULL;
}

/**
 * voxel_tiff_place_is_stack:
 * @self: a place
 *
 * Returns: whether a file holds a stack of slices, not a single one
 */
gboolean
voxel_tiff_place_is_stack (const VoxelTiffPlace *self)
{
  return self->stack;
}

/**
 * voxel_tiff_place_tells_volumes:
 * @self: a place
 *
 * Returns: whether different volumes go to different files
 */
gboolean
voxel_tiff_place_tells_volumes (const VoxelTiffPlace *self)
{
  return (voxel_name_pattern_get_tokens (self->pattern) & VOXEL_NAME_ID) != 0;
}

/**
 * voxel_tiff_place_tells_axes:
 * @self: a place
 *
 * Returns: whether slices of different axes go to different files
 */
gboolean
voxel_tiff_place_tells_axes (const VoxelTiffPlace *self)
{
  return (voxel_name_pattern_get_tokens (self->pattern) & (VOXEL_NAME_AXIS | VOXEL_NAME_NAME)) != 0;
}

/**
 * voxel_tiff_place_get_path:
 * @self: a place
 * @id: of the volume
 * @name: of the slice
 * @index: of the slice
 * @axis: the letter of its axis
 * @error: G_IO_ERROR where a folder cannot be made
 *
 * Slashes in @id and @name become underlines: names lead nowhere else. Folders are made as needed.
 *
 * Returns: (nullable) (transfer full): the file to write
 */
gchar *
voxel_tiff_place_get_path (const VoxelTiffPlace *self, const gchar *id, const gchar *name, guint64 index,
                           gchar axis, GError **error)
{
  g_autofree gchar *safe_id = g_strdelimit (g_strdup (id), "/", '_');
  g_autofree gchar *safe_name = g_strdelimit (g_strdup (name), "/", '_');
  g_autofree gchar *path = voxel_name_pattern_expand (self->pattern, safe_id, safe_name, index, axis);
  g_autofree gchar *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0777) < 0) {
    voxel_output_file_set_error (error, "Cannot make the folder", folder, errno);
    return NULL;
  }
  return g_steal_pointer (&path);
}

/**
 * voxel_tiff_place_free:
 * @self: (transfer full): a place
 */
void
voxel_tiff_place_free (VoxelTiffPlace *self)
{
  g_clear_pointer (&self->pattern, voxel_name_pattern_free);
  g_free (self);
}
