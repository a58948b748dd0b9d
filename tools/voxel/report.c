/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <math.h>

#include "elements/outputs/gstvoxelstructure.h"
#include "report.h"

/**
 * voxel_report_number:
 * @json: an open object
 * @name: member
 * @value: NaN becomes null
 */
void
voxel_report_number (JsonBuilder *json, const gchar *name, gdouble value)
{
  json_builder_set_member_name (json, name);
  if (isfinite (value))
    json_builder_add_double_value (json, value);
  else
    json_builder_add_null_value (json);
}

/**
 * voxel_report_integer:
 * @json: an open object
 * @name: member
 * @value: whole number
 */
void
voxel_report_integer (JsonBuilder *json, const gchar *name, gint64 value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_int_value (json, value);
}

/* JSON is UTF-8, file names need not be. */
static void
add_string (JsonBuilder *json, const gchar *value)
{
  g_autofree gchar *valid = value ? g_utf8_make_valid (value, -1) : NULL;

  if (valid)
    json_builder_add_string_value (json, valid);
  else
    json_builder_add_null_value (json);
}

/**
 * voxel_report_string:
 * @json: an open object
 * @name: member
 * @value: (nullable): text
 */
void
voxel_report_string (JsonBuilder *json, const gchar *name, const gchar *value)
{
  json_builder_set_member_name (json, name);
  add_string (json, value);
}

/**
 * voxel_report_strings:
 * @json: an open object
 * @name: member
 * @values: (element-type utf8): texts
 */
void
voxel_report_strings (JsonBuilder *json, const gchar *name, const GPtrArray *values)
{
  json_builder_set_member_name (json, name);
  json_builder_begin_array (json);
  for (guint i = 0; i < values->len; i++)
    add_string (json, g_ptr_array_index (values, i));
  json_builder_end_array (json);
}

/**
 * voxel_report_settings:
 * @json: an open object
 * @values: the variables of the pipeline that ran: those with one value become the object "settings"
 */
void
voxel_report_settings (JsonBuilder *json, GHashTable *values)
{
  GHashTableIter iter;
  gpointer name, list;

  json_builder_set_member_name (json, "settings");
  json_builder_begin_object (json);
  g_hash_table_iter_init (&iter, values);
  while (g_hash_table_iter_next (&iter, &name, &list)) {
    GPtrArray *strings = list;

    if (strings->len == 1)
      voxel_report_string (json, name, g_ptr_array_index (strings, 0));
  }
  json_builder_end_object (json);
}

/**
 * voxel_report_structure:
 * @json: where an object fits
 * @structure: becomes an object: its name as "message", and its fields
 */
void
voxel_report_structure (JsonBuilder *json, const GstStructure *structure)
{
  g_autoptr (JsonObject) fields = gst_voxel_structure_to_json (structure);
  g_autoptr (GList) names = json_object_get_members (fields);

  json_builder_begin_object (json);
  voxel_report_string (json, "message", gst_structure_get_name (structure));
  for (GList *name = names; name; name = name->next) {
    json_builder_set_member_name (json, name->data);
    json_builder_add_value (json, json_object_dup_member (fields, name->data));
  }
  json_builder_end_object (json);
}

/**
 * voxel_report_print_node:
 * @root: whole
 *
 * Prints it on stdout.
 */
void
voxel_report_print_node (JsonNode *root)
{
  g_autofree gchar *text = json_to_string (root, TRUE);

  g_print ("%s\n", text);
}

/**
 * voxel_report_print:
 * @json: whole
 *
 * Prints it on stdout.
 */
void
voxel_report_print (JsonBuilder *json)
{
  g_autoptr (JsonNode) root = json_builder_get_root (json);

  voxel_report_print_node (root);
}

/**
 * voxel_report_print_error:
 * @error: what went wrong
 *
 * Prints {"ok": false, "error": …} on stdout.
 */
void
voxel_report_print_error (const GError *error)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  json_builder_set_member_name (json, "ok");
  json_builder_add_boolean_value (json, FALSE);
  voxel_report_string (json, "error", error ? error->message : NULL);
  json_builder_end_object (json);
  voxel_report_print (json);
}
