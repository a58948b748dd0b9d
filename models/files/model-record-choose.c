/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "json.h"
#include "model-record.h"

#include <string.h>

#define LEAVE_OUT "leave that out, or give the file that was meant"

static VoxelJson *
parse_config (const gchar *config, GError **error)
{
  g_autoptr (GError) problem = NULL;
  VoxelJson *object = voxel_json_parse_object (config, strlen (config), &problem);

  if (!object)
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
                 "the given config %s is no JSON object such as {\"in_channels\": 1}: %s", config,
                 problem->message);
  return object;
}

/* Fields that the record leaves to the architecture's defaults are not known here, so they count as different. */
static gboolean
check_config (const VoxelModelRecord *record, const gchar *config, GError **error)
{
  g_autoptr (VoxelJson) given = parse_config (config, error);
  g_autoptr (VoxelJson) said = voxel_json_parse_object (record->config, strlen (record->config), NULL);

  if (!given)
    return FALSE;
  for (guint i = 0; i < voxel_json_length (given); i++) {
    const VoxelJson *wanted = voxel_json_nth (given, i), *found = voxel_json_get (said, wanted->name);

    if (!found || !voxel_json_equal (wanted, found)) {
      g_autofree gchar *is = found ? voxel_json_write (found, FALSE) : NULL;
      g_autofree gchar *asked = voxel_json_write (wanted, FALSE);

      g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
                   "its model record has \"%s\" %s, the given config %s: " LEAVE_OUT, wanted->name,
                   is ? is : "not at all", asked);
      return FALSE;
    }
  }
  return TRUE;
}

static VoxelModelRecord *
read_record (const gchar *text, const gchar *architecture, const gchar *config, GError **error)
{
  g_autoptr (VoxelModelRecord) record = voxel_model_record_parse (text, error);

  if (!record)
    return NULL;
  if (architecture && g_strcmp0 (record->architecture, architecture) != 0) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
                 "its model record says the architecture is %s, not %s: " LEAVE_OUT, record->architecture,
                 architecture);
    return NULL;
  }
  if (config && !check_config (record, config, error))
    return NULL;
  return g_steal_pointer (&record);
}

/**
 * voxel_model_record_choose:
 * @text: (nullable): the record of a file, where it has one
 * @architecture: (nullable): that somebody asks for
 * @config: (nullable): JSON object, its configuration
 * @error: %VOXEL_MODEL_ERROR_RECORD: neither is there, or they contradict each other
 *
 * Weights of others have no record: what is asked for stands in, everything else at its default.
 *
 * Returns: (transfer full) (nullable): the record that holds
 */
VoxelModelRecord *
voxel_model_record_choose (const gchar *text, const gchar *architecture, const gchar *config, GError **error)
{
  g_autoptr (VoxelJson) object = NULL;

  if (text)
    return read_record (text, architecture, config, error);
  if (!architecture) {
    g_set_error_literal (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
                         "No model record (\"" VOXEL_MODEL_RECORD_KEY
                         "\" in the file's metadata): these are weights of an unknown network; give its "
                         "architecture and config, or make a model file with tools/convert-checkpoint");
    return NULL;
  }
  if (config) {
    object = parse_config (config, error);
    if (!object)
      return NULL;
  }
  return voxel_model_record_new (architecture, config);
}
