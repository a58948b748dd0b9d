/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>
#include <gio/gio.h>

#include "command.h"
#include "pipeline-file.h"
#include "pipeline-values.h"
#include "report.h"
#include "runner.h"

typedef struct {
  gboolean dry_run;
  gboolean quiet;
  gboolean json;
} RunOptions;

/* Results that elements post, such as voxelscore's. */
static void
on_result (GstMessage *message, gpointer data)
{
  GPtrArray *results = data;
  const GstStructure *structure = gst_message_get_structure (message);

  if (structure && g_str_has_prefix (gst_structure_get_name (structure), "voxel-"))
    g_ptr_array_add (results, gst_structure_copy (structure));
}

static gboolean
collect_values (GHashTable *values, int argc, char **argv, GError **error)
{
  for (int i = 2; i < argc; i++) {
    const gchar *equals = strchr (argv[i], '=');
    g_autofree gchar *name = equals ? g_strndup (argv[i], (gsize) (equals - argv[i])) : NULL;

    if (!equals || equals == argv[i]) {
      g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                   "\"%s\" is no name=value\nSee: voxel run --help", argv[i]);
      return FALSE;
    }
    voxel_pipeline_values_add (values, name, equals + 1);
  }
  return TRUE;
}

static void
report (const VoxelRunner *runner, const GPtrArray *results, gboolean as_json)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  for (guint i = 0; i < results->len && !as_json; i++) {
    g_autofree gchar *text = gst_structure_to_string (g_ptr_array_index (results, i));

    g_print ("%s\n", text);
  }
  if (!as_json)
    return;
  json_builder_begin_object (json);
  json_builder_set_member_name (json, "ok");
  json_builder_add_boolean_value (json, TRUE);
  voxel_report_number (json, "seconds", voxel_runner_get_seconds (runner));
  voxel_report_strings (json, "warnings", voxel_runner_get_warnings (runner));
  json_builder_set_member_name (json, "results");
  json_builder_begin_array (json);
  for (guint i = 0; i < results->len; i++)
    voxel_report_structure (json, g_ptr_array_index (results, i));
  json_builder_end_array (json);
  json_builder_end_object (json);
  voxel_report_print (json);
}

static int
run (const RunOptions *options, int argc, char **argv, GError **error)
{
  g_autoptr (GHashTable) values = voxel_pipeline_values_new ();
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_structure_free);
  g_autofree gchar *text = NULL;
  g_autofree gchar *launch = NULL;
  g_autoptr (VoxelRunner) runner = NULL;
  int code;

  if (argc < 2) {
    g_set_error_literal (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                         "which pipeline file?\nSee: voxel run --help");
    return VOXEL_EXIT_USAGE;
  }
  if (!collect_values (values, argc, argv, error))
    return VOXEL_EXIT_USAGE;
  text = voxel_pipeline_file_load (argv[1], error);
  if (!text || !voxel_pipeline_file_expand (argv[1], text, values, options->dry_run, &launch, error))
    return VOXEL_EXIT_FAILED;
  if (!launch)
    return VOXEL_EXIT_OK;
  runner =
      voxel_runner_new ("run", launch, options->quiet ? VOXEL_PROGRESS_QUIET : VOXEL_PROGRESS_AUTO, error);
  if (!runner)
    return VOXEL_EXIT_FAILED;
  voxel_runner_set_message_func (runner, on_result, results);
  code = voxel_runner_run (runner, error);
  if (code == VOXEL_EXIT_OK)
    report (runner, results, options->json);
  return code;
}

/**
 * voxel_command_run:
 * @argc: words
 * @argv: "run", options, the file, name=value…
 *
 * Returns: exit code
 */
int
voxel_command_run (int argc, char **argv)
{
  RunOptions options = {0};
  const GOptionEntry entries[] = {
      {"dry-run", 0, 0, G_OPTION_ARG_NONE, &options.dry_run, "Print the gst-launch-1.0 line and run nothing",
       NULL},
      {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet, "Show no progress", NULL},
      {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print time, warnings and results as JSON on stdout",
       NULL},
      {NULL},
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("FILE.gst NAME=VALUE…");
  g_autoptr (GError) error = NULL;
  int code;

  g_option_context_set_summary (context,
                                "Runs a pipeline file: pipeline text with comments and ${variables}.");
  g_option_context_set_description (
      context, "FILE.gst is a file, or one of those that come with the program: segment.gst,\n"
               "segment-one-axis.gst, prepare.gst, preview-slices.gst, tiles-to-png.gst, score.gst.\n"
               "A NAME that stands in an ${each NAME} … ${end} block may be given several times.\n");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!voxel_command_parse (context, &argc, &argv, &error))
    return voxel_command_fail ("run", error);
  code = run (&options, argc, argv, &error);
  if (!error)
    return code;
  if (options.json)
    voxel_report_print_error (error);
  return voxel_command_fail ("run", error);
}
