/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* JSON-GLib recurses without limit, takes comments and goes on after the end of the value: what anybody may have
 * written is read by the strict reader of models/ first. That one also writes .1 as 0.1. */

#include "json-text.h"

#include <string.h>

#include "models/files/json.h"
#include "models/files/model-record.h"

/**
 * voxel_json_text_parse:
 * @text: JSON
 * @length: bytes
 * @error: VOXEL_MODEL_ERROR_FILE, with the position
 *
 * Parses a text that is exactly one JSON object in UTF-8, nested at most %VOXEL_JSON_MAX_DEPTH deep.
 *
 * Returns: (transfer full) (nullable): the object
 */
JsonObject *
voxel_json_text_parse (const gchar *text, gsize length, GError **error)
{
  g_autoptr (VoxelJson) strict = voxel_json_parse_object (text, length, error);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) problem = NULL;

  if (!strict)
    return NULL;
  if (json_parser_load_from_data (parser, text, (gssize) length, &problem))
    return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_FILE, "JSON: %s", problem->message);
  return NULL;
}

/**
 * voxel_json_text_write:
 * @node: a value of finite numbers
 * @pretty: a member a line
 *
 * As json_to_string(), but 0.1 is not written 0.10000000000000001.
 *
 * Returns: (transfer full): JSON
 */
gchar *
voxel_json_text_write (JsonNode *node, gboolean pretty)
{
  g_autofree gchar *text = json_to_string (node, FALSE);
  g_autoptr (VoxelJson) json = voxel_json_parse (text, strlen (text), NULL);

  return json ? voxel_json_write (json, pretty) : g_steal_pointer (&text);
}
