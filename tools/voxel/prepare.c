/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <math.h>

#include "command.h"
#include "pipeline-file.h"
#include "prepare-plan.h"
#include "report.h"
#include "runner.h"

#define PIPELINE "prepare.gst"

typedef struct {
  VoxelPrepareRequest request;
  gboolean dry_run;
  gboolean quiet;
  gboolean json;
} PrepareOptions;

/* What voxelshardsink says at the end. */
typedef struct {
  guint64 samples;
  guint64 shards;
  guint64 bytes;
  gdouble vessel;
  gchar *index;
} Result;

static void
result_clear (Result *result)
{
  g_free (result->index);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

static void
on_result (GstMessage *message, gpointer data)
{
  const GstStructure *structure = gst_message_get_structure (message);
  Result *result = data;

  if (!gst_structure_has_name (structure, "voxel-shards"))
    return;
  g_free (result->index);
  gst_structure_get (structure, "samples", G_TYPE_UINT64, &result->samples, "shards", G_TYPE_UINT64,
                     &result->shards, "bytes", G_TYPE_UINT64, &result->bytes, "vessel", G_TYPE_DOUBLE,
                     &result->vessel, NULL);
  result->index = g_strdup (gst_structure_get_string (structure, "index"));
}

static void
print_summary (const Result *result, gdouble seconds)
{
  g_autofree gchar *size = g_format_size (result->bytes);

  g_print ("%" G_GUINT64_FORMAT " samples in %" G_GUINT64_FORMAT " shard%s, %s, in %.1f s, %.1f samples/s; "
           "%.3f %% vessel\nindex: %s\n",
           result->samples, result->shards, result->shards == 1 ? "" : "s", size, seconds,
           (gdouble) result->samples / MAX (seconds, 1e-9), 100. * result->vessel, result->index);
}

static void
print_json (const Result *result, const VoxelRunner *runner, GHashTable *values)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  gdouble seconds = voxel_runner_get_seconds (runner);

  json_builder_begin_object (json);
  json_builder_set_member_name (json, "ok");
  json_builder_add_boolean_value (json, TRUE);
  voxel_report_integer (json, "samples", (gint64) result->samples);
  voxel_report_integer (json, "shards", (gint64) result->shards);
  voxel_report_integer (json, "bytes", (gint64) result->bytes);
  voxel_report_number (json, "vessel-share", result->vessel);
  voxel_report_number (json, "seconds", seconds);
  voxel_report_number (json, "samples-per-second", (gdouble) result->samples / MAX (seconds, 1e-9));
  voxel_report_string (json, "index", result->index);
  voxel_report_settings (json, values);
  voxel_report_strings (json, "warnings", voxel_runner_get_warnings (runner));
  json_builder_end_object (json);
  voxel_report_print (json);
}

static int
run_pipeline (const PrepareOptions *options, const gchar *launch, GHashTable *values, GError **error)
{
  g_autoptr (VoxelRunner) runner = voxel_runner_new (
      "prepare", launch, options->quiet ? VOXEL_PROGRESS_QUIET : VOXEL_PROGRESS_AUTO, error);
  g_auto (Result) result = {0};
  int code;

  if (!runner)
    return VOXEL_EXIT_FAILED;
  voxel_runner_set_message_func (runner, on_result, &result);
  code = voxel_runner_run (runner, error);
  if (code == VOXEL_EXIT_OK && options->json)
    print_json (&result, runner, values);
  else if (code == VOXEL_EXIT_OK && !options->quiet)
    print_summary (&result, voxel_runner_get_seconds (runner));
  return code;
}

static int
prepare (const PrepareOptions *options, GError **error)
{
  g_autoptr (GHashTable) values = voxel_prepare_plan (&options->request, error);
  g_autofree gchar *text = NULL, *launch = NULL;

  if (!values)
    return VOXEL_EXIT_FAILED;
  text = voxel_pipeline_builtin_load (PIPELINE, error);
  if (!text || !voxel_pipeline_file_expand (PIPELINE, text, values, options->dry_run, &launch, error))
    return VOXEL_EXIT_FAILED;
  if (!launch)
    return VOXEL_EXIT_OK;
  return run_pipeline (options, launch, values, error);
}

static void
options_clear (PrepareOptions *options)
{
  g_clear_pointer (&options->request.settings, voxel_prepare_settings_free);
  g_free (options->request.output);
  g_free (options->request.scratch);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PrepareOptions, options_clear)

static GOptionContext *
make_context (PrepareOptions *options)
{
  VoxelPrepareRequest *request = &options->request;
  const GOptionEntry first[] = {
      {"output", 'o', 0, G_OPTION_ARG_FILENAME, &request->output,
       "Name of the shards, such as shards/train-%06d.tar, or a folder for them", "SHARDS"},
      {NULL},
  };
  const GOptionEntry rest[] = {
      {"scratch", 0, 0, G_OPTION_ARG_FILENAME, &request->scratch, "Folder for scratch files", "FOLDER"},
      {"force", 0, 0, G_OPTION_ARG_NONE, &request->force, "Remove the shards of an earlier run", NULL},
      {"dry-run", 0, 0, G_OPTION_ARG_NONE, &options->dry_run, "Print the gst-launch-1.0 line and run nothing",
       NULL},
      {"json", 0, 0, G_OPTION_ARG_NONE, &options->json, "Print the summary as JSON on stdout", NULL},
      {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet, "Show neither progress nor summary", NULL},
      {NULL},
  };
  GOptionContext *context = g_option_context_new ("SCAN LABELS [SCAN LABELS…]");

  g_option_context_set_summary (
      context, "From labelled stacks to shards of augmented tiles for training, WebDataset tar files that\n"
               "PyTorch reads. Each scan (a folder, a glob or a multi-page TIFF file) has its labels behind\n"
               "it; SCAN and LABELS may also be lists with semicolons.");
  g_option_context_set_description (
      context,
      "All slices of all scans and axes come once an epoch, in random order. The samples depend on the\n"
      "seed alone, neither on threads nor on memory. Shards appear when they are complete, the index\n"
      "after the last one.\n");
  g_option_context_add_main_entries (context, first, NULL);
  voxel_prepare_settings_add_options (request->settings, context);
  g_option_context_add_main_entries (context, rest, NULL);
  return context;
}

/**
 * voxel_command_prepare:
 * @argc: words
 * @argv: "prepare", options, scans and labels in turns
 *
 * Returns: exit code
 */
int
voxel_command_prepare (int argc, char **argv)
{
  g_auto (PrepareOptions) options = {.request.settings = voxel_prepare_settings_new ()};
  g_autoptr (GOptionContext) context = make_context (&options);
  g_autoptr (GError) error = NULL;
  int code = VOXEL_EXIT_USAGE;

  if (voxel_command_parse (context, &argc, &argv, &error)) {
    options.request.words = argv + 1;
    if (options.request.output)
      code = prepare (&options, &error);
    else
      g_set_error (&error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                   "where to? Say -o shards/train-%%06d.tar\nSee: voxel prepare --help");
  }
  if (!error)
    return code;
  if (options.json)
    voxel_report_print_error (error);
  return voxel_command_fail ("prepare", error);
}
