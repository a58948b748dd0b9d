/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/architectures/config.h"

#include "models/files/model-record.h"

static gboolean
is_of (const VoxelJson *json, VoxelJsonKind kind, const gchar *field, const gchar *what, GError **error)
{
  if (voxel_json_is (json, kind))
    return TRUE;
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
               "Field \"%s\" of the configuration is no %s", field, what);
  return FALSE;
}

static gboolean
read_uint (const VoxelJson *json, const gchar *field, guint least, guint most, guint *value, GError **error)
{
  if (!is_of (json, VOXEL_JSON_INTEGER, field, "whole number", error))
    return FALSE;
  if (json->integer < least || json->integer > most) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
                 "Field \"%s\" of the configuration is %" G_GINT64_FORMAT ", not %u to %u", field,
                 json->integer, least, most);
    return FALSE;
  }
  *value = (guint) json->integer;
  return TRUE;
}

/**
 * voxel_config_uint:
 * @config: a configuration
 * @field: a name in it
 * @least: that it may be
 * @most: that it may be
 * @value: (out): the number
 * @error: %VOXEL_MODEL_ERROR_RECORD naming the field
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_config_uint (const VoxelJson *config, const gchar *field, guint least, guint most, guint *value,
                   GError **error)
{
  return read_uint (voxel_json_get (config, field), field, least, most, value, error);
}

/**
 * voxel_config_uints:
 * @config: a configuration
 * @field: a name in it
 * @least: that each may be
 * @most: that each may be
 * @n: how many there must be
 * @values: (out) (array length=n): the numbers
 * @error: %VOXEL_MODEL_ERROR_RECORD naming the field
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_config_uints (const VoxelJson *config, const gchar *field, guint least, guint most, guint n,
                    guint *values, GError **error)
{
  const VoxelJson *array = voxel_json_get (config, field);

  if (!voxel_json_is (array, VOXEL_JSON_ARRAY) || voxel_json_length (array) != n) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
                 "Field \"%s\" of the configuration is no list of %u numbers", field, n);
    return FALSE;
  }
  for (guint i = 0; i < n; i++)
    if (!read_uint (voxel_json_nth (array, i), field, least, most, &values[i], error))
      return FALSE;
  return TRUE;
}

gboolean
voxel_config_boolean (const VoxelJson *config, const gchar *field, gboolean *value, GError **error)
{
  const VoxelJson *json = voxel_json_get (config, field);

  if (!is_of (json, VOXEL_JSON_BOOLEAN, field, "true or false", error))
    return FALSE;
  *value = json->boolean;
  return TRUE;
}

/**
 * voxel_config_choice:
 * @config: a configuration
 * @field: a name in it
 * @choices: what it may be, ended by %NULL; "null" stands for null
 * @value: (out): index of the one it is
 * @error: %VOXEL_MODEL_ERROR_RECORD naming the field
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_config_choice (const VoxelJson *config, const gchar *field, const gchar *const *choices, guint *value,
                     GError **error)
{
  const VoxelJson *json = voxel_json_get (config, field);
  const gchar *text = voxel_json_is (json, VOXEL_JSON_NULL) ? "null" : NULL;
  g_autofree gchar *known = NULL;

  if (!text && !is_of (json, VOXEL_JSON_STRING, field, "text", error))
    return FALSE;
  if (!text)
    text = json->string;
  for (guint i = 0; choices[i]; i++)
    if (g_str_equal (choices[i], text)) {
      *value = i;
      return TRUE;
    }
  known = g_strjoinv (", ", (gchar **) choices);
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
               "Field \"%s\" of the configuration is \"%s\", not one of %s", field, text, known);
  return FALSE;
}
