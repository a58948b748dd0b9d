/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/architectures/architecture.h"

#include "models/files/model-record.h"

static const VoxelArchitecture *const architectures[] = {
    &voxel_architecture_conv1x1,
    &voxel_architecture_unet,
};

/**
 * voxel_architecture_find:
 * @name: as in the model record
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED, with the names there are
 *
 * Returns: (transfer none) (nullable): the architecture
 */
const VoxelArchitecture *
voxel_architecture_find (const gchar *name, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (architectures); i++) {
    if (g_strcmp0 (architectures[i]->name, name) == 0)
      return architectures[i];
    g_string_append_printf (known, "%s%s", i ? ", " : "", architectures[i]->name);
  }
  g_set_error (
      error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
      "This build does not know the architecture %s; it knows %s: convert the model, or update gst-voxel",
      name, known->str);
  return NULL;
}

/**
 * voxel_architecture_info:
 * @architecture: an architecture
 * @config: its configuration
 * @info: (out): what it says of itself
 * @error: %VOXEL_MODEL_ERROR_RECORD naming the field: unknown, or of a wrong type or value
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_architecture_info (const VoxelArchitecture *architecture, JsonObject *config,
                         VoxelArchitectureInfo *info, GError **error)
{
  g_autoptr (GList) members = json_object_get_members (config);

  for (const GList *i = members; i; i = i->next)
    if (!g_strv_contains (architecture->fields, i->data)) {
      g_autofree gchar *known = g_strjoinv (", ", (gchar **) architecture->fields);

      g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
                   "The architecture %s has no field \"%s\"; it has %s", architecture->name,
                   (const gchar *) i->data, known);
      return FALSE;
    }
  return architecture->info (config, info, error);
}

static gboolean
is_of (JsonNode *node, GType type, const gchar *field, const gchar *what, GError **error)
{
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type)
    return TRUE;
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
               "Field \"%s\" of the configuration is no %s", field, what);
  return FALSE;
}

/**
 * voxel_config_uint:
 * @config: a configuration
 * @field: a name in it
 * @fallback: where it is absent
 * @least: that it may be
 * @most: that it may be
 * @value: (out): the number
 * @error: %VOXEL_MODEL_ERROR_RECORD naming the field
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_config_uint (JsonObject *config, const gchar *field, guint fallback, guint least, guint most,
                   guint *value, GError **error)
{
  JsonNode *node = json_object_get_member (config, field);
  gint64 number;

  *value = fallback;
  if (!node)
    return TRUE;
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

gboolean
voxel_config_boolean (JsonObject *config, const gchar *field, gboolean fallback, gboolean *value,
                      GError **error)
{
  JsonNode *node = json_object_get_member (config, field);

  *value = fallback;
  if (!node)
    return TRUE;
  if (!is_of (node, G_TYPE_BOOLEAN, field, "true or false", error))
    return FALSE;
  *value = json_node_get_boolean (node);
  return TRUE;
}

/**
 * voxel_config_choice:
 * @config: a configuration
 * @field: a name in it
 * @choices: what it may be, ended by %NULL; the first where it is absent
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

  *value = 0;
  if (!node)
    return TRUE;
  if (!is_of (node, G_TYPE_STRING, field, "text", error))
    return FALSE;
  for (guint i = 0; choices[i]; i++)
    if (g_str_equal (choices[i], json_node_get_string (node))) {
      *value = i;
      return TRUE;
    }
  g_autofree gchar *known = g_strjoinv (", ", (gchar **) choices);
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
               "Field \"%s\" of the configuration is \"%s\", not one of %s", field,
               json_node_get_string (node), known);
  return FALSE;
}
