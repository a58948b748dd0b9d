/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/architectures/config.h"

#include "models/files/model-record.h"

static gboolean
is_of (JsonNode *node, GType type, const gchar *field, const gchar *what, GError **error)
{
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type)
    return TRUE;
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
               "Field \"%s\" of the configuration is no %s", field, what);
  return FALSE;
}

static gboolean
read_uint (JsonNode *node, const gchar *field, guint least, guint most, guint *value, GError **error)
{
  gint64 number;

  if (!is_of (node, G_TYPE_INT64, field, "whole number", error))
    return FALSE;
  number = json_node_get_int (node);
  if (number < least || number > most) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
                 "Field \"%s\" of the configuration is %" G_GINT64_FORMAT ", not %u to %u", field, number,
                 least, most);
    return FALSE;
  }
  *value = (guint) number;
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
voxel_config_uint (JsonObject *config, const gchar *field, guint least, guint most, guint *value,
                   GError **error)
{
  return read_uint (json_object_get_member (config, field), field, least, most, value, error);
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
voxel_config_uints (JsonObject *config, const gchar *field, guint least, guint most, guint n, guint *values,
                    GError **error)
{
  JsonNode *node = json_object_get_member (config, field);
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (!array || json_array_get_length (array) != n) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
                 "Field \"%s\" of the configuration is no list of %u numbers", field, n);
    return FALSE;
  }
  for (guint i = 0; i < n; i++)
    if (!read_uint (json_array_get_element (array, i), field, least, most, &values[i], error))
      return FALSE;
  return TRUE;
}

gboolean
voxel_config_boolean (JsonObject *config, const gchar *field, gboolean *value, GError **error)
{
  JsonNode *node = json_object_get_member (config, field);

  if (!is_of (node, G_TYPE_BOOLEAN, field, "true or false", error))
    return FALSE;
  *value = json_node_get_boolean (node);
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
voxel_config_choice (JsonObject *config, const gchar *field, const gchar *const *choices, guint *value,
                     GError **error)
{
  JsonNode *node = json_object_get_member (config, field);
  const gchar *text = JSON_NODE_HOLDS_NULL (node) ? "null" : NULL;
  g_autofree gchar *known = NULL;

  if (!text && !is_of (node, G_TYPE_STRING, field, "text", error))
    return FALSE;
  if (!text)
    text = json_node_get_string (node);
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
