/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "json.h"

#include <string.h>

static void write_value (GString *text, const VoxelJson *json, gboolean pretty, guint depth);

/* Controls must be escaped (RFC 8259, 7); DEL is, because terminals take it for one. */
static void
write_string (GString *text, const gchar *string)
{
  static const gchar escaped[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";

  g_string_append_c (text, '"');
  for (const gchar *c = string; *c; c++) {
    const gchar *known = strchr (escaped, *c);

    if (known)
      g_string_append_printf (text, "\\%c", letters[known - escaped]);
    else if ((guchar) *c < 0x20 || *c == 0x7f)
      g_string_append_printf (text, "\\u%04x", (guint) *c);
    else
      g_string_append_c (text, *c);
  }
  g_string_append_c (text, '"');
}

/* The fewest digits that give the same number back: .1 stays 0.1. */
static void
write_number (GString *text, gdouble value)
{
  gchar digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (digits, sizeof digits, "%.15g", value);
  if (g_ascii_strtod (digits, NULL) != value)
    g_ascii_dtostr (digits, sizeof digits, value);
  g_string_append (text, digits);
}

static void
break_line (GString *text, gboolean pretty, guint depth)
{
  if (pretty)
    g_string_append_printf (text, "\n%*s", 2 * (gint) depth, "");
}

static void
write_object (GString *text, const VoxelJson *object, gboolean pretty, guint depth)
{
  g_string_append_c (text, '{');
  for (guint i = 0; i < object->items->len; i++) {
    const VoxelJson *member = voxel_json_nth (object, i);

    if (i > 0)
      g_string_append_c (text, ',');
    break_line (text, pretty, depth + 1);
    write_string (text, member->name);
    g_string_append (text, pretty ? ": " : ":");
    write_value (text, member, pretty, depth + 1);
  }
  if (object->items->len > 0)
    break_line (text, pretty, depth);
  g_string_append_c (text, '}');
}

static void
write_array (GString *text, const VoxelJson *array, gboolean pretty, guint depth)
{
  g_string_append_c (text, '[');
  for (guint i = 0; i < array->items->len; i++) {
    if (i > 0)
      g_string_append (text, pretty ? ", " : ",");
    write_value (text, voxel_json_nth (array, i), pretty, depth);
  }
  g_string_append_c (text, ']');
}

static void
write_value (GString *text, const VoxelJson *json, gboolean pretty, guint depth)
{
  switch (json->kind) {
  case VOXEL_JSON_NULL:
    g_string_append (text, "null");
    break;
  case VOXEL_JSON_BOOLEAN:
    g_string_append (text, json->boolean ? "true" : "false");
    break;
  case VOXEL_JSON_INTEGER:
    g_string_append_printf (text, "%" G_GINT64_FORMAT, json->integer);
    break;
  case VOXEL_JSON_NUMBER:
    write_number (text, json->number);
    break;
  case VOXEL_JSON_STRING:
    write_string (text, json->string);
    break;
  case VOXEL_JSON_ARRAY:
    write_array (text, json, pretty, depth);
    break;
  case VOXEL_JSON_OBJECT:
    write_object (text, json, pretty, depth);
    break;
  }
}

/**
 * voxel_json_write:
 * @json: a value
 * @pretty: a member a line
 *
 * Returns: (transfer full): JSON that voxel_json_parse() takes
 */
gchar *
voxel_json_write (const VoxelJson *json, gboolean pretty)
{
  GString *text = g_string_new (NULL);

  write_value (text, json, pretty, 0);
  return g_string_free (text, FALSE);
}
