/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model-list.h"

#include "command.h"
#include "models/architectures/architecture.h"
#include "report.h"

/* Parameters of the network with the defaults, but for one field where @field is not %NULL. */
static guint64
count (const VoxelArchitecture *architecture, const VoxelArchitectureField *field, const gchar *choice)
{
  g_autoptr (VoxelJson) config = voxel_json_new_object ();
  g_autoptr (GError) error = NULL;
  guint64 parameters = 0;

  if (field && g_str_equal (choice, "null"))
    voxel_json_set (config, field->name, voxel_json_new_null ());
  else if (field)
    voxel_json_set (config, field->name, voxel_json_new_string (choice));
  if (!voxel_architecture_visit (architecture, config, NULL, NULL, &parameters, &error))
    g_warning ("%s", error->message);
  return parameters;
}

static gboolean
sizes_differ (const VoxelArchitecture *architecture, const VoxelArchitectureField *field)
{
  for (guint i = 0; field->choices[i]; i++)
    if (count (architecture, field, field->choices[i]) != count (architecture, NULL, NULL))
      return TRUE;
  return FALSE;
}

static void
print_field (const VoxelArchitecture *architecture, const VoxelArchitectureField *field)
{
  g_autofree gchar *choices = field->choices ? g_strjoinv (", ", (gchar **) field->choices) : NULL;
  gboolean sizes = field->choices && sizes_differ (architecture, field);

  g_print ("  %-24s %-24s %s", field->name, field->fallback, field->what);
  g_print (choices && !sizes ? " (%s)\n" : "\n", choices);
  for (guint i = 0; sizes && field->choices[i]; i++)
    g_print ("    %-22s %12" G_GUINT64_FORMAT " parameters\n", field->choices[i],
             count (architecture, field, field->choices[i]));
}

static void
print_text (void)
{
  const VoxelArchitecture *architecture;

  for (guint n = 0; (architecture = voxel_architecture_nth (n)); n++) {
    g_print ("%s%s: %s, %" G_GUINT64_FORMAT " parameters\n", n ? "\n" : "", architecture->name,
             architecture->what, count (architecture, NULL, NULL));
    for (const VoxelArchitectureField *field = architecture->fields; field->name; field++)
      print_field (architecture, field);
  }
}

static void
add_choices (const VoxelArchitecture *architecture, const VoxelArchitectureField *field, JsonBuilder *json)
{
  json_builder_set_member_name (json, "choices");
  json_builder_begin_array (json);
  for (guint i = 0; field->choices[i]; i++) {
    gboolean null = g_str_equal (field->choices[i], "null");

    json_builder_begin_object (json);
    voxel_report_string (json, "value", null ? NULL : field->choices[i]);
    voxel_report_integer (json, "parameters", (gint64) count (architecture, field, field->choices[i]));
    json_builder_end_object (json);
  }
  json_builder_end_array (json);
}

static void
add_architecture (const VoxelArchitecture *architecture, JsonBuilder *json)
{
  json_builder_begin_object (json);
  voxel_report_string (json, "name", architecture->name);
  voxel_report_string (json, "what", architecture->what);
  voxel_report_integer (json, "parameters", (gint64) count (architecture, NULL, NULL));
  json_builder_set_member_name (json, "fields");
  json_builder_begin_array (json);
  for (const VoxelArchitectureField *field = architecture->fields; field->name; field++) {
    json_builder_begin_object (json);
    voxel_report_string (json, "name", field->name);
    voxel_report_string (json, "what", field->what);
    json_builder_set_member_name (json, "default");
    json_builder_add_value (json, json_from_string (field->fallback, NULL));
    if (field->choices)
      add_choices (architecture, field, json);
    json_builder_end_object (json);
  }
  json_builder_end_array (json);
  json_builder_end_object (json);
}

static void
print_json (void)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  const VoxelArchitecture *architecture;

  json_builder_begin_object (json);
  json_builder_set_member_name (json, "architectures");
  json_builder_begin_array (json);
  for (guint n = 0; (architecture = voxel_architecture_nth (n)); n++)
    add_architecture (architecture, json);
  json_builder_end_array (json);
  json_builder_end_object (json);
  voxel_report_print (json);
}

/**
 * voxel_command_model_list:
 * @argc: words
 * @argv: "list" and its options
 *
 * Returns: exit code
 */
int
voxel_command_model_list (int argc, char **argv)
{
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
      {"json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print it as JSON on stdout", NULL},
      {NULL},
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context,
                                "The architectures, the fields of their configuration with defaults, and how "
                                "many parameters the networks have.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!voxel_command_parse (context, &argc, &argv, &error))
    return voxel_command_fail ("model list", error);
  if (argc != 1) {
    g_set_error (&error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                 "\"%s\" is one word too many\nSee: voxel model list --help", argv[1]);
    return voxel_command_fail ("model list", error);
  }
  if (as_json)
    print_json ();
  else
    print_text ();
  return VOXEL_EXIT_OK;
}
