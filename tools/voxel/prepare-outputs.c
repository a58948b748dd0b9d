/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "command.h"
#include "elements/outputs/shard-place.h"
#include "prepare-outputs.h"
#include "segment-outputs.h"

#define NAME_IN_FOLDER "train-%06d.tar"

/* Signs that mean something in a pattern, twice. */
static gchar *
escape (const gchar *path)
{
  GString *text = g_string_new (NULL);

  for (; *path; path++) {
    if (strchr ("%{}", *path))
      g_string_append_c (text, *path);
    g_string_append_c (text, *path);
  }
  return g_string_free (text, FALSE);
}

/**
 * voxel_prepare_outputs_location:
 * @path: a pattern such as shards/train-%06d.tar, or a folder: one that exists, ends with / or has no .tar at its end
 * @error: VOXEL_COMMAND_ERROR_USAGE where it is neither
 *
 * Returns: (transfer full): the pattern
 */
gchar *
voxel_prepare_outputs_location (const gchar *path, GError **error)
{
  g_autoptr (GError) wrong = NULL;
  g_autoptr (VoxelShardPlace) place = NULL;
  g_autofree gchar *folder = NULL;

  if (*path && (!g_str_has_suffix (path, ".tar") || g_file_test (path, G_FILE_TEST_IS_DIR))) {
    folder = escape (path);
    return g_build_filename (folder, NAME_IN_FOLDER, NULL);
  }
  place = voxel_shard_place_new (path, NULL, &wrong);
  if (place)
    return g_strdup (path);
  g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, "--output %s", wrong->message);
  return NULL;
}

/* Where the index is not there the run that wrote them did not come to its end. */
static gboolean
check_earlier (const VoxelShardPlace *place, GError **error)
{
  g_autoptr (GError) there = NULL;
  const gchar *index = voxel_shard_place_get_index (place);
  gboolean complete = index && g_file_test (index, G_FILE_TEST_EXISTS);

  if (voxel_shard_place_check_empty (place, &there))
    return TRUE;
  g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED, "%s, or say --force%s", there->message,
               complete ? "" : "\nThat run was stopped before its end: it wrote no index");
  return FALSE;
}

/**
 * voxel_prepare_outputs_check:
 * @location: of voxel_prepare_outputs_location()
 * @force: whether shards of an earlier run may go
 * @inputs: (array zero-terminated=1): what is read
 * @error: VOXEL_COMMAND_ERROR_USAGE for a folder that cannot be written; VOXEL_COMMAND_ERROR_FAILED for shards of an
 *   earlier run
 *
 * Returns: whether shards can be written there
 */
gboolean
voxel_prepare_outputs_check (const gchar *location, gboolean force, const gchar *const *inputs,
                             GError **error)
{
  g_autoptr (VoxelShardPlace) place = voxel_shard_place_new (location, NULL, error);
  g_autofree gchar *folder = NULL;

  if (!place)
    return FALSE;
  folder = g_strconcat (voxel_shard_place_get_folder (place), "/", NULL);
  return voxel_output_check (folder, inputs, error) && (force || check_earlier (place, error));
}
