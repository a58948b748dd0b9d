/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "pipeline-values.h"

/**
 * voxel_pipeline_values_new:
 *
 * Returns: (element-type utf8 GPtrArray): no values yet
 */
GHashTable *
voxel_pipeline_values_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
}

/**
 * voxel_pipeline_values_add:
 * @values: values so far
 * @name: of a variable
 * @value: one more value of it
 */
void
voxel_pipeline_values_add (GHashTable *values, const gchar *name, const gchar *value)
{
  GPtrArray *list = g_hash_table_lookup (values, name);

  if (!list) {
    list = g_ptr_array_new_with_free_func (g_free);
    g_hash_table_insert (values, g_strdup (name), list);
  }
  g_ptr_array_add (list, g_strdup (value));
}

/* A GStreamer string in which everything that could mean something is written as \ooo. */
static gchar *
wrap_octal (const gchar *value)
{
  GString *out = g_string_new ("\"");

  for (; *value; value++) {
    if (strchr (VOXEL_PIPELINE_SAFE, *value))
      g_string_append_c (out, *value);
    else
      g_string_append_printf (out, "\\%03o", (guint) (guchar) *value);
  }
  return g_string_free (g_string_append_c (out, '"'), FALSE);
}

/**
 * voxel_pipeline_quote:
 * @value: any UTF-8 text: GStreamer takes no other
 *
 * gst_parse takes a string in quotes with \ and " escaped, with two exceptions: it looks for the end of
 * a quoted string without counting backslashes, so one at the end would swallow what follows; and a value
 * that itself begins with " is unwrapped once more. Those are wrapped once more here.
 *
 * Returns: @value as the value of a property in pipeline text
 */
gchar *
voxel_pipeline_quote (const gchar *value)
{
  gsize size = strlen (value);
  g_autofree gchar *wrapped = NULL;
  GString *out;

  if (size && strspn (value, VOXEL_PIPELINE_SAFE) == size)
    return g_strdup (value);
  if (*value == '"' || (size && value[size - 1] == '\\'))
    value = wrapped = wrap_octal (value);
  out = g_string_new ("\"");
  for (; *value; value++) {
    if (*value == '\\' || *value == '"')
      g_string_append_c (out, '\\');
    g_string_append_c (out, *value);
  }
  return g_string_free (g_string_append_c (out, '"'), FALSE);
}
