/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelstructure.h"

#include <math.h>

static JsonNode *node_of (const GValue *value);

static JsonNode *
string_node (const gchar *text)
{
  /* JSON is UTF-8, file names need not be. */
  g_autofree gchar *valid = text ? g_utf8_make_valid (text, -1) : NULL;

  return valid ? json_node_init_string (json_node_alloc (), valid) : json_node_init_null (json_node_alloc ());
}

static JsonNode *
double_node (gdouble value)
{
  JsonNode *node = json_node_alloc ();

  return isfinite (value) ? json_node_init_double (node, value) : json_node_init_null (node);
}

static JsonNode *
integer_node (gint64 value)
{
  return json_node_init_int (json_node_alloc (), value);
}

static JsonNode *
array_node (const GValue *value)
{
  gboolean list = GST_VALUE_HOLDS_LIST (value);
  guint n = list ? gst_value_list_get_size (value) : gst_value_array_get_size (value);
  JsonNode *node = json_node_alloc ();
  JsonArray *array = json_array_sized_new (n);

  for (guint i = 0; i < n; i++)
    json_array_add_element (
        array, node_of (list ? gst_value_list_get_value (value, i) : gst_value_array_get_value (value, i)));
  json_node_init_array (node, array);
  json_array_unref (array);
  return node;
}

static JsonNode *
object_node (const GstStructure *structure)
{
  g_autoptr (JsonObject) object = gst_voxel_structure_to_json (structure);

  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
other_node (const GValue *value)
{
  g_auto (GValue) number = G_VALUE_INIT;
  g_autofree gchar *text = NULL;

  g_value_init (&number, G_TYPE_DOUBLE);
  if (g_value_transform (value, &number))
    return double_node (g_value_get_double (&number));
  text = gst_value_serialize (value);
  return string_node (text);
}

/* Numbers beyond what JSON-GLib holds become strings: no digit is lost. */
static JsonNode *
unsigned_node (guint64 value)
{
  g_autofree gchar *digits = NULL;

  if (value <= G_MAXINT64)
    return integer_node ((gint64) value);
  digits = g_strdup_printf ("%" G_GUINT64_FORMAT, value);
  return string_node (digits);
}

static JsonNode *
node_of (const GValue *value)
{
  if (G_VALUE_HOLDS_BOOLEAN (value))
    return json_node_init_boolean (json_node_alloc (), g_value_get_boolean (value));
  if (G_VALUE_HOLDS_INT64 (value))
    return integer_node (g_value_get_int64 (value));
  if (G_VALUE_HOLDS_UINT64 (value))
    return unsigned_node (g_value_get_uint64 (value));
  if (G_VALUE_HOLDS_INT (value))
    return integer_node (g_value_get_int (value));
  if (G_VALUE_HOLDS_UINT (value))
    return integer_node (g_value_get_uint (value));
  if (G_VALUE_HOLDS_STRING (value))
    return string_node (g_value_get_string (value));
  if (GST_VALUE_HOLDS_STRUCTURE (value) && gst_value_get_structure (value))
    return object_node (gst_value_get_structure (value));
  if (GST_VALUE_HOLDS_LIST (value) || GST_VALUE_HOLDS_ARRAY (value))
    return array_node (value);
  return other_node (value);
}

static gboolean
add_field (GQuark field, const GValue *value, gpointer object)
{
  json_object_set_member (object, g_quark_to_string (field), node_of (value));
  return TRUE;
}

/**
 * gst_voxel_structure_to_json:
 * @structure: any
 *
 * Fields in their order; structures become objects, lists and arrays arrays, what is no finite number null. The
 * name is left out.
 *
 * Returns: (transfer full): an object
 */
JsonObject *
gst_voxel_structure_to_json (const GstStructure *structure)
{
  JsonObject *object = json_object_new ();

  gst_structure_foreach (structure, add_field, object);
  return object;
}
