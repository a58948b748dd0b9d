/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "command.h"
#include "pipeline-file.h"
#include "report.h"
#include "runner.h"
#include "segment-backend.h"
#include "segment-plan.h"
#include "segment-resume.h"
#include "segment-tally.h"

#define PIPELINE "segment.gst"

typedef struct {
  VoxelSegmentRequest request;
  gboolean dry_run;
  gboolean quiet;
  gboolean json;
} SegmentOptions;

/* Mask voxels a second: of a run that went on, the share that it did itself. */
static gdouble
rate_of (const VoxelSegmentTally *tally, const VoxelSegmentResume *resume, gdouble seconds)
{
  gdouble before = resume ? (gdouble) resume->voxels : 0.;
  gdouble run = (gdouble) tally->run_voxels;

  return (gdouble) tally->voxels * (run / MAX (run + before, 1.)) / MAX (seconds, 1e-9);
}

static void
print_summary (const VoxelSegmentRequest *request, const VoxelSegmentTally *tally,
               const VoxelSegmentResume *resume, gdouble seconds)
{
  gdouble share = tally->voxels ? 100. * (gdouble) tally->vessel / (gdouble) tally->voxels : 0.;

  g_print ("%" G_GUINT64_FORMAT " x %u x %u voxels in %.1f s, %.2f Mvoxel/s; %.3f %% vessel\n", tally->slices,
           tally->height, tally->width, seconds, rate_of (tally, resume, seconds) / 1e6, share);
  if (resume && resume->slices)
    g_print ("resumed: %" G_GUINT64_FORMAT " slices were done before, %" G_GUINT64_FORMAT " now\n",
             resume->slices, tally->run_slices);
  if (tally->busy >= 0.)
    g_print ("devices had something to compute %.1f %% of the network's time\n", 100. * tally->busy);
  for (gchar **path = request->outputs; *path; path++)
    g_print ("mask: %s\n", *path);
  if (request->probability)
    g_print ("probability: %s\n", request->probability);
}

static void
print_json (const VoxelSegmentRequest *request, const VoxelSegmentTally *tally,
            const VoxelSegmentResume *resume, const VoxelRunner *runner, GHashTable *values,
            const gchar *network)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (GPtrArray) outputs = g_ptr_array_new ();
  gdouble seconds = voxel_runner_get_seconds (runner);

  for (gchar **path = request->outputs; *path; path++)
    g_ptr_array_add (outputs, *path);
  json_builder_begin_object (json);
  json_builder_set_member_name (json, "ok");
  json_builder_add_boolean_value (json, TRUE);
  json_builder_set_member_name (json, "shape");
  json_builder_begin_array (json);
  json_builder_add_int_value (json, (gint64) tally->slices);
  json_builder_add_int_value (json, tally->height);
  json_builder_add_int_value (json, tally->width);
  json_builder_end_array (json);
  voxel_report_integer (json, "voxels", (gint64) tally->voxels);
  voxel_report_integer (json, "vessel", (gint64) tally->vessel);
  voxel_report_number (json, "vessel-share", (gdouble) tally->vessel / (gdouble) tally->voxels);
  voxel_report_number (json, "seconds", seconds);
  voxel_report_number (json, "mvoxels-per-second", rate_of (tally, resume, seconds) / 1e6);
  voxel_report_integer (json, "slices-run", (gint64) tally->run_slices);
  voxel_report_integer (json, "slices-resumed", resume ? (gint64) resume->slices : 0);
  voxel_report_string (json, "network", network);
  if (tally->busy >= 0.)
    voxel_report_number (json, "device-busy", tally->busy);
  voxel_report_strings (json, "outputs", outputs);
  voxel_report_string (json, "probability", request->probability);
  voxel_report_settings (json, values);
  voxel_report_strings (json, "warnings", voxel_runner_get_warnings (runner));
  json_builder_end_object (json);
  voxel_report_print (json);
}

/* A run that was killed when all was written and only its state was left to be removed. */
static int
finish_complete (const SegmentOptions *options, VoxelSegmentResume *resume, GError **error)
{
  g_autoptr (JsonBuilder) json = NULL;

  if (!voxel_segment_state_finish (resume->state, error))
    return VOXEL_EXIT_FAILED;
  if (options->json) {
    json = json_builder_new ();
    json_builder_begin_object (json);
    json_builder_set_member_name (json, "ok");
    json_builder_add_boolean_value (json, TRUE);
    voxel_report_integer (json, "slices-run", 0);
    json_builder_end_object (json);
    voxel_report_print (json);
  } else if (!options->quiet) {
    g_print ("the run was complete already\n");
  }
  return VOXEL_EXIT_OK;
}

/* What is said when a run ends early: nothing is lost. */
static void
tell_state (const VoxelSegmentResume *resume, GError **error)
{
  g_autofree gchar *text = NULL;

  if (!resume)
    return;
  text = g_strdup_printf ("what it has done is kept in %s: the same command goes on", resume->state->folder);
  if (error && *error) {
    GError *more = g_error_new ((*error)->domain, (*error)->code, "%s\n%s", (*error)->message, text);

    g_clear_error (error);
    *error = more;
  } else {
    g_printerr ("voxel segment: %s\n", text);
  }
}

static int
run_pipeline (const SegmentOptions *options, const gchar *launch, GHashTable *values, const gchar *network,
              VoxelSegmentResume *resume, GError **error)
{
  g_autoptr (VoxelRunner) runner = voxel_runner_new (
      "segment", launch, options->quiet ? VOXEL_PROGRESS_QUIET : VOXEL_PROGRESS_AUTO, error);
  VoxelSegmentTally tally = {0};
  int code;

  if (!runner || !voxel_segment_tally_attach (&tally, voxel_runner_get_pipeline (runner), "mask", error))
    return VOXEL_EXIT_FAILED;
  if (resume)
    voxel_runner_set_resumed (runner, resume->done);
  code = voxel_runner_run (runner, error);
  voxel_segment_tally_finish (&tally, voxel_runner_get_pipeline (runner));
  if (code != VOXEL_EXIT_OK)
    tell_state (resume, error);
  else if (resume && !voxel_segment_state_finish (resume->state, error))
    code = VOXEL_EXIT_FAILED;
  if (code == VOXEL_EXIT_OK && options->json)
    print_json (&options->request, &tally, resume, runner, values, network);
  else if (code == VOXEL_EXIT_OK && !options->quiet)
    print_summary (&options->request, &tally, resume, voxel_runner_get_seconds (runner));
  return code;
}

static int
segment (const SegmentOptions *options, VoxelSegmentResume **resumed, GError **error)
{
  const VoxelSegmentRequest *request = &options->request;
  g_autoptr (GHashTable) values = voxel_segment_plan (request, error);
  VoxelSegmentResume *resume = NULL;
  g_auto (VoxelSegmentBackend) backend = {0};
  g_autofree gchar *text = NULL, *launch = NULL, *network = NULL;

  if (!values ||
      (!request->resume && !options->dry_run && !voxel_segment_resume_check_fresh (request, error)))
    return VOXEL_EXIT_FAILED;
  if (request->resume) {
    resume = *resumed = voxel_segment_resume_new (request, values, options->dry_run, error);
    if (!resume)
      return VOXEL_EXIT_FAILED;
    if (resume->state && resume->state->complete)
      return finish_complete (options, resume, error);
  }
  text = voxel_pipeline_builtin_load (PIPELINE, error);
  if (!text || !voxel_pipeline_file_expand (PIPELINE, text, values, options->dry_run, &launch, error))
    return VOXEL_EXIT_FAILED;
  if (!launch)
    return VOXEL_EXIT_OK;
  if (!voxel_segment_backend_find (request->settings, &backend, error))
    return VOXEL_EXIT_FAILED;
  network = voxel_segment_backend_describe (&backend);
  if (!options->quiet && !options->json)
    g_print ("network: %s\n", network);
  return run_pipeline (options, launch, values, network, resume, error);
}

static gboolean
check_words (SegmentOptions *options, int argc, char **argv, GError **error)
{
  if (argc != 2)
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, "%s\nSee: voxel segment --help",
                 argc < 2 ? "which scan? A folder, a glob or a multi-page file"
                          : "one scan at a time; quote a glob so that the shell leaves it alone");
  else if (!options->request.model)
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                 "which model? Say --model FILE\nSee: voxel segment --help");
  else if (!options->request.outputs)
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                 "where to? Say -o mask.csv, -o mask.tif or -o folder/\nSee: voxel segment --help");
  else if (options->request.resume && options->request.follow.wanted)
    g_set_error_literal (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
                         "--resume and --follow: only a run through a complete scan can go on\n"
                         "Leave one of them out");
  else
    options->request.scan = argv[1];
  return options->request.scan != NULL;
}

static void
options_clear (SegmentOptions *options)
{
  g_clear_pointer (&options->request.settings, voxel_segment_settings_free);
  g_free (options->request.model);
  g_free (options->request.architecture);
  g_free (options->request.config);
  g_strfreev (options->request.outputs);
  g_free (options->request.probability);
  g_free (options->request.mask);
  g_free (options->request.slices);
  g_free (options->request.memory_limit);
  g_free (options->request.scratch);
  g_free (options->request.state);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SegmentOptions, options_clear)

static GOptionContext *
make_context (SegmentOptions *options)
{
  VoxelSegmentRequest *request = &options->request;
  const GOptionEntry files[] = {
      {"model", 'm', 0, G_OPTION_ARG_FILENAME, &request->model,
       "Model file (safetensors with a model record)", "FILE"},
      {"architecture", 0, 0, G_OPTION_ARG_STRING, &request->architecture,
       "What the model is, for a safetensors file without a model record: voxel model list", "NAME"},
      {"config", 0, 0, G_OPTION_ARG_STRING, &request->config,
       "Its configuration, such as '{\"in_channels\": 3}'", "JSON"},
      {"output", 'o', 0, G_OPTION_ARG_FILENAME_ARRAY, &request->outputs,
       "x.csv: run lengths; x.tif: TIFF; a folder: a TIFF file a slice. May be given several times", "OUT"},
      {"probability", 0, 0, G_OPTION_ARG_FILENAME, &request->probability,
       "Mean probability over the axes as well, 16 bits: x.tif or a folder", "OUT"},
      {"slices", 0, 0, G_OPTION_ARG_STRING, &request->slices,
       "Only these, as Python counts: 100:200, -50:, :10", "A:B"},
      {"mask", 0, 0, G_OPTION_ARG_FILENAME, &request->mask,
       "A stack of the scan's shape: where it is 0 nothing is a vessel", "STACK"},
      {NULL},
  };
  const GOptionEntry rest[] = {
      {"memory-limit", 0, 0, G_OPTION_ARG_STRING, &request->memory_limit,
       "Memory for volume and votes, such as 4G; the rest goes to a scratch file. With --tile 0 up to half "
       "of it "
       "is the network's, which runs larger slices in parts (half of what is available)",
       "SIZE"},
      {"scratch", 0, 0, G_OPTION_ARG_FILENAME, &request->scratch, "Folder for scratch files", "FOLDER"},
      {"resume", 0, 0, G_OPTION_ARG_NONE, &request->resume,
       "Keep what is done in a folder, OUT.voxel-run beside the first output, and go on from there", NULL},
      {"state", 0, 0, G_OPTION_ARG_FILENAME, &request->state, "That folder, with --resume", "FOLDER"},
      {"parity-origin", 0, 0, G_OPTION_ARG_NONE, &request->parity,
       "Everything as the published entry did it; other options still count", NULL},
      {"dry-run", 0, 0, G_OPTION_ARG_NONE, &options->dry_run, "Print the gst-launch-1.0 line and run nothing",
       NULL},
      {"json", 0, 0, G_OPTION_ARG_NONE, &options->json, "Print the summary as JSON on stdout", NULL},
      {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet, "Show neither progress nor summary", NULL},
      {NULL},
  };
  GOptionContext *context = g_option_context_new ("SCAN");

  g_option_context_set_summary (
      context,
      "From a stack of slices (a folder, a glob or a multi-page TIFF file) to a vessel mask.\n"
      "What is not given here comes from the model's record: voxel model info FILE.\n"
      "With --follow z slices are run as they come where --range is full or fixed, or percentiles are\n"
      "those of a slice; percentiles of the volume wait for its last slice.");
  g_option_context_set_description (context, "With --resume every slice's votes are kept as they come, so "
                                             "that the same command, given again after a\n"
                                             "kill or a loss of power, goes on from there to the same mask. "
                                             "Scan, model and options must be what they\n"
                                             "were; outputs, --threads, --batch, --memory-limit and "
                                             "--scratch may differ. The folder is removed when all\n"
                                             "outputs are complete.\n");
  g_option_context_add_main_entries (context, files, NULL);
  voxel_segment_follow_add_options (&request->follow, context);
  voxel_segment_settings_add_options (request->settings, context);
  g_option_context_add_main_entries (context, rest, NULL);
  return context;
}

/**
 * voxel_command_segment:
 * @argc: words
 * @argv: "segment", options, the scan
 *
 * Returns: exit code
 */
int
voxel_command_segment (int argc, char **argv)
{
  g_auto (SegmentOptions) options = {.request.settings = voxel_segment_settings_new (),
                                     .request.follow = VOXEL_SEGMENT_FOLLOW_INIT};
  g_autoptr (GOptionContext) context = make_context (&options);
  g_autoptr (VoxelSegmentResume) resume = NULL;
  g_autoptr (GError) error = NULL;
  int code = VOXEL_EXIT_USAGE;

  if (voxel_command_parse (context, &argc, &argv, &error) && check_words (&options, argc, argv, &error))
    code = segment (&options, &resume, &error);
  if (code == VOXEL_EXIT_OK && resume && resume->state)
    voxel_segment_state_forget (resume->state);
  if (!error)
    return code;
  if (options.json)
    voxel_report_print_error (error);
  return voxel_command_fail ("segment", error);
}
