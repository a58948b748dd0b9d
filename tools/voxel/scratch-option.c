/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <unistd.h>

#include "command.h"
#include "pipeline-values.h"
#include "scratch-option.h"

/**
 * voxel_scratch_option_add_value:
 * @folder: (nullable): what --scratch said
 * @values: gets the variable scratch
 * @error: VOXEL_COMMAND_ERROR_USAGE
 *
 * Returns: whether that is a folder to write in, if any was given
 */
gboolean
voxel_scratch_option_add_value (const gchar *folder, GHashTable *values, GError **error)
{
  if (!folder)
    return TRUE;
  if (access (folder, W_OK | X_OK) != 0) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                 "--scratch %s: nothing can be written there: %s\nGive another folder", folder,
                 g_strerror (errno));
    return FALSE;
  }
  if (!g_file_test (folder, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, "--scratch %s: is no folder", folder);
    return FALSE;
  }
  voxel_pipeline_values_add (values, "scratch", folder);
  return TRUE;
}
