/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <math.h>

#include "models/selftest/selftest-text.h"

static void
add_text (GString *json, const gchar *text)
{
  g_autofree gchar *valid = text ? g_utf8_make_valid (text, -1) : NULL;

  if (!valid) {
    g_string_append (json, "null");
    return;
  }
  g_string_append_c (json, '"');
  for (const gchar *c = valid; *c; c++) {
    if (*c == '"' || *c == '\\')
      g_string_append_c (json, '\\');
    if ((guchar) *c < 0x20)
      g_string_append_printf (json, "\\u%04x", *c);
    else
      g_string_append_c (json, *c);
  }
  g_string_append_c (json, '"');
}

static void
add_texts (GString *json, const gchar *name, const GPtrArray *texts)
{
  g_string_append_printf (json, ", \"%s\": [", name);
  for (guint i = 0; i < texts->len; i++) {
    g_string_append (json, i ? ", " : "");
    add_text (json, texts->pdata[i]);
  }
  g_string_append_c (json, ']');
}

/* Infinity is no JSON. */
static void
add_number (GString *json, const gchar *name, gdouble value)
{
  gchar digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (json, ", \"%s\": %s", name,
                          isfinite (value) ? g_ascii_formatd (digits, sizeof digits, "%.6g", value) : "null");
}

static void
add_result (GString *json, const VoxelSelftestResult *result)
{
  static const gchar *const groups[] = {"operator", "graphs", "cpu", "network"};

  g_string_append_printf (json, "    {\"group\": \"%s\", \"name\": ", groups[result->group]);
  add_text (json, result->name);
  g_string_append_printf (json, ", \"device\": %u, \"precision\": \"%s\", \"n\": %u, \"side\": %u",
                          result->device, voxel_precision_to_name (result->precision), result->n,
                          result->side);
  g_string_append_printf (json, ", \"cases\": %u, \"refused\": %u, \"passed\": %s, \"why\": ", result->cases,
                          result->refused, result->passed ? "true" : "false");
  add_text (json, result->why);
  add_number (json, "mean", result->mean);
  add_number (json, "mean-bound", result->mean_bound);
  add_number (json, "largest", result->largest);
  add_number (json, "largest-bound", result->largest_bound);
  add_number (json, "ms", result->ms);
  add_number (json, "pictures-per-second", result->pictures);
  g_string_append_printf (json, ", \"runs\": %u, \"arena\": %" G_GSIZE_FORMAT "}", result->runs,
                          result->arena);
}

/**
 * voxel_selftest_json:
 * @machine: what there is to compute with
 * @backend: that was tested
 * @results: of it
 *
 * Returns: (transfer full): all of it as a JSON object
 */
gchar *
voxel_selftest_json (const VoxelSelftestMachine *machine, const gchar *backend, const GPtrArray *results)
{
  GString *json = g_string_new ("{\n  \"version\": ");

  add_text (json, PACKAGE_VERSION);
  g_string_append (json, ", \"cpu\": ");
  add_text (json, machine->cpu);
  g_string_append (json, ", \"instructions\": ");
  add_text (json, machine->instructions);
  g_string_append_printf (json, ", \"threads\": %u", machine->threads);
  add_texts (json, "devices", machine->devices);
  add_texts (json, "missing", machine->missing);
  g_string_append (json, ",\n  \"backend\": ");
  add_text (json, backend);
  g_string_append (json, ",\n  \"results\": [");
  for (guint i = 0; i < results->len; i++) {
    g_string_append (json, i ? ",\n" : "\n");
    add_result (json, results->pdata[i]);
  }
  g_string_append (json, "\n  ]\n}\n");
  return g_string_free (json, FALSE);
}
