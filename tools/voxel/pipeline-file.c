/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>
#include <gio/gio.h>

#include "command.h"
#include "pipeline-file.h"
#include "pipeline-text.h"

/**
 * voxel_pipeline_builtin_load:
 * @name: such as "segment.gst"
 * @error: VOXEL_COMMAND_ERROR_USAGE where there is none of this name
 *
 * Returns: the text
 */
gchar *
voxel_pipeline_builtin_load (const gchar *name, GError **error)
{
  g_autofree gchar *resource = g_strconcat ("/voxel/pipelines/", name, NULL);
  g_autoptr (GBytes) bytes = NULL;

  bytes = strchr (name, '/') ? NULL : g_resources_lookup_data (resource, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  if (!bytes) {
    g_set_error (
        error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
        "there is no pipeline file %s\nBuilt in are: segment.gst, segment-one-axis.gst, prepare.gst, "
        "preview-slices.gst, tiles-to-png.gst, score.gst",
        name);
    return NULL;
  }
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/**
 * voxel_pipeline_file_load:
 * @path: a file; or, where there is none, the name of a pipeline that is built in
 * @error: VOXEL_COMMAND_ERROR_USAGE where there is neither
 *
 * Returns: the text
 */
gchar *
voxel_pipeline_file_load (const gchar *path, GError **error)
{
  g_autofree gchar *text = NULL;
  gsize size;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return voxel_pipeline_builtin_load (path, error);
  if (!g_file_get_contents (path, &text, &size, error))
    return NULL;
  if (strlen (text) != size || !g_utf8_validate (text, -1, NULL)) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, "%s is no text file", path);
    return NULL;
  }
  return g_steal_pointer (&text);
}

/**
 * voxel_pipeline_file_expand:
 * @name: of the pipeline, for errors
 * @text: what it says
 * @values: of its variables
 * @dry_run: whether it is only to be shown: then its gst-launch-1.0 line is printed
 * @launch: (out) (transfer full) (nullable): for gst_parse_launch(); %NULL where it was printed
 * @error: as voxel_pipeline_text_expand()
 *
 * Returns: whether @text and @values go together
 */
gboolean
voxel_pipeline_file_expand (const gchar *name, const gchar *text, GHashTable *values, gboolean dry_run,
                            gchar **launch, GError **error)
{
  g_autoptr (VoxelPipelineText) pipeline = voxel_pipeline_text_expand (name, text, values, error);
  g_autofree gchar *shell = NULL;

  *launch = NULL;
  if (!pipeline)
    return FALSE;
  if (!dry_run) {
    *launch = voxel_pipeline_text_to_launch (pipeline);
    return TRUE;
  }
  shell = voxel_pipeline_text_to_shell (pipeline);
  g_print ("%s\n", shell);
  return TRUE;
}
