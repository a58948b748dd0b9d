/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <signal.h>
#include <string.h>
#include <glib-unix.h>

#include "command.h"
#include "plugin-find.h"
#include "runner.h"

/**
 * VoxelRunner:
 *
 * A pipeline and what came of it. The first error on the bus is the cause; what follows are its consequences.
 */
struct _VoxelRunner {
  gchar *command;
  GstElement *pipeline;
  VoxelProgress *progress;
  VoxelRunnerMessageFunc func;
  gpointer func_data;
  GMainLoop *loop;
  GError *error;
  GPtrArray *warnings;
  int code;
  gdouble seconds;
};

/**
 * voxel_runner_new:
 * @command: subcommand that speaks
 * @launch: pipeline text without variables
 * @mode: whether to show progress
 * @error: what the text or the installation lacks
 *
 * Returns: a pipeline, ready to run
 */
VoxelRunner *
voxel_runner_new (const gchar *command, const gchar *launch, VoxelProgressMode mode, GError **error)
{
  g_autoptr (VoxelRunner) runner = g_new0 (VoxelRunner, 1);
  GstElement *pipeline;

  if (!voxel_plugin_find (error))
    return NULL;
  runner->command = g_strdup (command);
  runner->warnings = g_ptr_array_new_with_free_func (g_free);
  runner->progress = voxel_progress_new (command, mode);
  pipeline = gst_parse_launch_full (launch, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  if (!pipeline)
    return NULL;
  if (!GST_IS_PIPELINE (pipeline)) {
    runner->pipeline = gst_pipeline_new (NULL);
    gst_bin_add (GST_BIN (runner->pipeline), pipeline);
  } else {
    runner->pipeline = gst_object_ref_sink (pipeline);
  }
  voxel_progress_attach (runner->progress, runner->pipeline);
  return g_steal_pointer (&runner);
}

/**
 * voxel_runner_free:
 * @runner: runner
 */
void
voxel_runner_free (VoxelRunner *runner)
{
  if (runner->pipeline)
    gst_element_set_state (runner->pipeline, GST_STATE_NULL);
  gst_clear_object (&runner->pipeline);
  g_clear_pointer (&runner->progress, voxel_progress_free);
  g_clear_pointer (&runner->warnings, g_ptr_array_unref);
  g_clear_error (&runner->error);
  g_free (runner->command);
  g_free (runner);
}

/**
 * voxel_runner_get_pipeline:
 * @runner: runner
 *
 * Returns: (transfer none): the pipeline, for probes
 */
GstElement *
voxel_runner_get_pipeline (VoxelRunner *runner)
{
  return runner->pipeline;
}

/**
 * voxel_runner_set_message_func:
 * @runner: runner
 * @func: hears ELEMENT messages that are no progress
 * @data: for @func
 */
void
voxel_runner_set_message_func (VoxelRunner *runner, VoxelRunnerMessageFunc func, gpointer data)
{
  runner->func = func;
  runner->func_data = data;
}

/**
 * voxel_runner_set_resumed:
 * @runner: runner
 * @slices: of z, y and x that an earlier run has done, for the display
 */
void
voxel_runner_set_resumed (VoxelRunner *runner, const guint slices[3])
{
  voxel_progress_set_resumed (runner->progress, slices);
}

/* GST_ELEMENT_ERROR's debug text is "file(line): function (): path:\nwhat was said". */
static const gchar *
remedy_of (const gchar *debug)
{
  const gchar *line = debug ? strchr (debug, '\n') : NULL;

  if (!line || !line[1] || g_str_has_prefix (line + 1, "streaming stopped, reason"))
    return NULL;
  return line + 1;
}

/* Stock elements leave it to the reader to know which file is meant. */
static gchar *
place_of (GstObject *element, const gchar *text)
{
  const GParamSpec *property =
      element ? g_object_class_find_property (G_OBJECT_GET_CLASS (element), "location") : NULL;
  g_autofree gchar *location = NULL;

  if (property && property->value_type == G_TYPE_STRING && property->flags & G_PARAM_READABLE)
    g_object_get (element, "location", &location, NULL);
  return location && !strstr (text, location) ? g_strdup_printf (" (%s)", location) : g_strdup ("");
}

static void
take_error (VoxelRunner *runner, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL, *place = NULL;
  const gchar *remedy;

  gst_message_parse_error (message, &error, &debug);
  remedy = remedy_of (debug);
  place = place_of (GST_MESSAGE_SRC (message), error->message);
  if (!runner->error)
    runner->error = g_error_new (VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED, "%s%s: %s%s%s",
                                 GST_MESSAGE_SRC_NAME (message), place, error->message, remedy ? "\n" : "",
                                 remedy ? remedy : "");
}

static void
take_warning (VoxelRunner *runner, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  gst_message_parse_warning (message, &error, &debug);
  voxel_command_warn (runner->command, "%s: %s", GST_MESSAGE_SRC_NAME (message), error->message);
  g_ptr_array_add (runner->warnings, g_strdup (error->message));
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  VoxelRunner *runner = data;

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_ERROR:
    take_error (runner, message);
    g_main_loop_quit (runner->loop);
    break;
  case GST_MESSAGE_WARNING:
    take_warning (runner, message);
    break;
  case GST_MESSAGE_EOS:
    g_main_loop_quit (runner->loop);
    break;
  case GST_MESSAGE_LATENCY:
    gst_bin_recalculate_latency (GST_BIN (runner->pipeline));
    break;
  case GST_MESSAGE_ELEMENT:
    if (gst_message_has_name (message, "progress"))
      voxel_progress_message (runner->progress, message);
    else if (runner->func)
      runner->func (message, runner->func_data);
    break;
  default:
    break;
  }
  return G_SOURCE_CONTINUE;
}

/* The handler goes with the first signal, so a second one ends the program at once. */
static gboolean
on_interrupt (gpointer data)
{
  VoxelRunner *runner = data;

  runner->code = VOXEL_EXIT_INTERRUPTED;
  g_main_loop_quit (runner->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_terminate (gpointer data)
{
  VoxelRunner *runner = data;

  runner->code = VOXEL_EXIT_TERMINATED;
  g_main_loop_quit (runner->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_tick (gpointer data)
{
  voxel_progress_update (((VoxelRunner *) data)->progress);
  return G_SOURCE_CONTINUE;
}

static void
remove_source (guint id)
{
  GSource *source = g_main_context_find_source_by_id (NULL, id);

  if (source)
    g_source_destroy (source);
}

/* What an element said before it refused to change state. */
static void
drain_bus (VoxelRunner *runner, GstBus *bus)
{
  for (;;) {
    g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);

    if (!message)
      return;
    on_message (bus, message, runner);
  }
}

/**
 * voxel_runner_run:
 * @runner: runner
 * @error: the first error on the bus: element, what it said, the remedy
 *
 * Runs to EOS, to the first error or to SIGINT or SIGTERM, then stops everything; sinks drop outputs that are
 * not complete.
 *
 * Returns: a VoxelExit; with VOXEL_EXIT_FAILED @error is set
 */
int
voxel_runner_run (VoxelRunner *runner, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (runner->pipeline);
  gint64 began = g_get_monotonic_time ();
  guint interrupt = g_unix_signal_add (SIGINT, on_interrupt, runner);
  guint terminate = g_unix_signal_add (SIGTERM, on_terminate, runner);
  guint tick = g_timeout_add (250, on_tick, runner);

  runner->loop = g_main_loop_new (NULL, FALSE);
  gst_bus_add_watch (bus, on_message, runner);
  if (gst_element_set_state (runner->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    drain_bus (runner, bus);
    if (!runner->error)
      runner->error =
          g_error_new (VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED, "the pipeline does not start");
  } else {
    g_main_loop_run (runner->loop);
  }
  gst_element_set_state (runner->pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  remove_source (tick);
  remove_source (interrupt);
  remove_source (terminate);
  g_clear_pointer (&runner->loop, g_main_loop_unref);
  runner->seconds = (gdouble) (g_get_monotonic_time () - began) / G_USEC_PER_SEC;
  voxel_progress_finish (runner->progress);
  if (runner->code) {
    g_printerr ("voxel %s: stopped; outputs that were not complete are not written\n", runner->command);
    return runner->code;
  }
  if (!runner->error)
    return VOXEL_EXIT_OK;
  g_propagate_error (error, g_steal_pointer (&runner->error));
  return VOXEL_EXIT_FAILED;
}

/**
 * voxel_runner_get_seconds:
 * @runner: that ran
 *
 * Returns: how long
 */
gdouble
voxel_runner_get_seconds (const VoxelRunner *runner)
{
  return runner->seconds;
}

/**
 * voxel_runner_get_warnings:
 * @runner: that ran
 *
 * Returns: (transfer none) (element-type utf8): what elements warned of, in order
 */
const GPtrArray *
voxel_runner_get_warnings (const VoxelRunner *runner)
{
  return runner->warnings;
}
