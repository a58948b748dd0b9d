/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "json-text.h"

#include "models/files/model-record.h"

#define MAX_DEPTH 32

static gboolean
refuse (gsize position, const gchar *what, GError **error)
{
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_FILE, "JSON at byte %" G_GSIZE_FORMAT ": %s",
               position, what);
  return FALSE;
}

/* JSON-GLib recurses without limit, takes comments and goes on after the end of the value: all three are
 * ruled out before it sees a text that anybody may have written. */
static gboolean
check_outline (const gchar *text, gsize length, GError **error)
{
  guint depth = 0;
  gboolean quoted = FALSE, closed = FALSE;

  for (gsize i = 0; i < length; i++) {
    gchar c = text[i];

    if (quoted) {
      if (c == '\\')
        i++;
      else if (c == '"')
        quoted = FALSE;
      else if ((guchar) c < 0x20)
        return refuse (i, "a control character in a string", error);
      continue;
    }
    if (g_ascii_isspace (c))
      continue;
    if (closed)
      return refuse (i, "something follows the end of the object", error);
    if (c == '"') {
      quoted = TRUE;
    } else if (c == '{' || c == '[') {
      if (++depth > MAX_DEPTH)
        return refuse (i, "nested too deeply", error);
    } else if (c == '}' || c == ']') {
      if (depth == 0)
        return refuse (i, "closes what was not opened", error);
      closed = --depth == 0;
    } else if (!g_ascii_isalnum (c) && !strchr (",:+-.", c)) {
      return refuse (i, "a character that JSON does not have there", error);
    }
    if (depth == 0 && !closed)
      return refuse (i, "not an object", error);
  }
  return closed ? TRUE : refuse (length, "the text ends too early", error);
}

/**
 * voxel_json_text_parse:
 * @text: JSON
 * @length: bytes
 * @error: VOXEL_MODEL_ERROR_FILE, with the position
 *
 * Parses a text that is exactly one JSON object in UTF-8, nested at most 32 deep.
 *
 * Returns: (transfer full): the object
 */
JsonObject *
voxel_json_text_parse (const gchar *text, gsize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) problem = NULL;
  const gchar *end;

  if (!g_utf8_validate_len (text, length, &end)) {
    refuse (end - text, "not UTF-8", error);
    return NULL;
  }
  if (length > G_MAXSSIZE || !check_outline (text, length, error))
    return NULL;
  if (!json_parser_load_from_data (parser, text, length, &problem)) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_FILE, "JSON: %s", problem->message);
    return NULL;
  }
  if (!JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser))) {
    refuse (0, "not an object", error);
    return NULL;
  }
  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

typedef struct {
  GString *text;
  gboolean pretty;
  guint depth;
} Writer;

static void write_node (Writer *writer, JsonNode *node);

static void
break_line (Writer *writer)
{
  if (writer->pretty)
    g_string_append_printf (writer->text, "\n%*s", 2 * (gint) writer->depth, "");
}

static void
write_object (Writer *writer, JsonObject *object)
{
  g_autoptr (GList) names = json_object_get_members (object);

  g_string_append_c (writer->text, '{');
  writer->depth++;
  for (GList *l = names; l; l = l->next) {
    g_autoptr (JsonNode) name = json_node_init_string (json_node_alloc (), l->data);
    g_autofree gchar *quoted = json_to_string (name, FALSE);

    break_line (writer);
    g_string_append_printf (writer->text, "%s:%s", quoted, writer->pretty ? " " : "");
    write_node (writer, json_object_get_member (object, l->data));
    if (l->next)
      g_string_append_c (writer->text, ',');
  }
  writer->depth--;
  if (names)
    break_line (writer);
  g_string_append_c (writer->text, '}');
}

static void
write_array (Writer *writer, JsonArray *array)
{
  g_string_append_c (writer->text, '[');
  for (guint i = 0; i < json_array_get_length (array); i++) {
    if (i > 0)
      g_string_append (writer->text, writer->pretty ? ", " : ",");
    write_node (writer, json_array_get_element (array, i));
  }
  g_string_append_c (writer->text, ']');
}

/* The fewest digits that give the same number back: .1 stays 0.1. */
static void
write_double (Writer *writer, gdouble value)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.15g", value);
  if (g_ascii_strtod (text, NULL) != value)
    g_ascii_dtostr (text, sizeof text, value);
  g_string_append (writer->text, text);
}

static void
write_node (Writer *writer, JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    write_object (writer, json_node_get_object (node));
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    write_array (writer, json_node_get_array (node));
  } else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_DOUBLE) {
    write_double (writer, json_node_get_double (node));
  } else {
    g_autofree gchar *text = json_to_string (node, FALSE);

    g_string_append (writer->text, text);
  }
}

/**
 * voxel_json_text_write:
 * @node: a value
 * @pretty: a member a line
 *
 * As json_to_string(), but 0.1 is not written 0.10000000000000001.
 *
 * Returns: (transfer full): JSON
 */
gchar *
voxel_json_text_write (JsonNode *node, gboolean pretty)
{
  Writer writer = {g_string_new (NULL), pretty, 0};

  write_node (&writer, node);
  return g_string_free (writer.text, FALSE);
}
