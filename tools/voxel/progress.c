/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "progress-watch.h"
#include "progress.h"

#define LINE_INTERVAL (5 * G_USEC_PER_SEC)
#define BAR_INTERVAL (G_USEC_PER_SEC / 5)
#define BAR_WIDTH 24

/**
 * VoxelProgress:
 *
 * How far a run is: by the slices that were stitched once there are any, until then (and where nothing
 * stitches) by what the elements' "progress" messages said last.
 */
struct _VoxelProgress {
  gchar *command;
  gboolean quiet;
  gboolean terminal;
  VoxelProgressWatch *watch;
  gchar *stage;
  gint64 current;
  gint64 total;
  gint64 began;
  gint64 stitching_since;
  gint64 shown;
  gboolean open;
};

/**
 * voxel_progress_new:
 * @command: subcommand that speaks
 * @mode: whether to show anything
 *
 * Returns: a progress display on stderr
 */
VoxelProgress *
voxel_progress_new (const gchar *command, VoxelProgressMode mode)
{
  VoxelProgress *progress = g_new0 (VoxelProgress, 1);

  progress->command = g_strdup (command);
  progress->quiet = mode == VOXEL_PROGRESS_QUIET;
  progress->terminal = isatty (STDERR_FILENO) && g_strcmp0 (g_getenv ("TERM"), "dumb");
  return progress;
}

/**
 * voxel_progress_free:
 * @progress: display of a pipeline that does not run any more
 */
void
voxel_progress_free (VoxelProgress *progress)
{
  g_clear_pointer (&progress->watch, voxel_progress_watch_free);
  g_free (progress->command);
  g_free (progress->stage);
  g_free (progress);
}

/**
 * voxel_progress_attach:
 * @progress: display
 * @pipeline: bin that will run
 */
void
voxel_progress_attach (VoxelProgress *progress, GstElement *pipeline)
{
  if (!progress->quiet)
    progress->watch = voxel_progress_watch_new (pipeline);
}

/**
 * voxel_progress_set_resumed:
 * @progress: display, attached
 * @slices: of z, y and x that an earlier run has done
 */
void
voxel_progress_set_resumed (VoxelProgress *progress, const guint slices[3])
{
  if (progress->watch)
    voxel_progress_watch_set_resumed (progress->watch, slices);
}

/**
 * voxel_progress_message:
 * @progress: display
 * @message: an ELEMENT message named "progress"
 */
void
voxel_progress_message (VoxelProgress *progress, GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);
  const gchar *stage = gst_structure_get_string (structure, "stage");

  if (!stage)
    stage = GST_MESSAGE_SRC_NAME (message);
  if (g_strcmp0 (stage, progress->stage) != 0)
    progress->began = g_get_monotonic_time ();
  gst_structure_get_int64 (structure, "current", &progress->current);
  gst_structure_get_int64 (structure, "total", &progress->total);
  g_free (progress->stage);
  progress->stage = g_strdup (stage);
  voxel_progress_update (progress);
}

static void
append_bar (const VoxelProgress *progress, GString *out, gdouble fraction)
{
  gint filled = CLAMP ((gint) (fraction * BAR_WIDTH), 0, BAR_WIDTH);

  if (!progress->terminal)
    return;
  g_string_append (out, "  [");
  for (gint i = 0; i < BAR_WIDTH; i++)
    g_string_append_c (out, i < filled ? '#' : '.');
  g_string_append_c (out, ']');
}

static void
append_time_left (GString *out, gdouble seconds, gdouble done, gdouble rest)
{
  guint left = (guint) (seconds * rest / done + .5);

  if (seconds > 1. && done > .005 && rest > 0.)
    g_string_append_printf (out, "  %u:%02u left", left / 60, left % 60);
}

static gdouble
seconds_since (gint64 then)
{
  return (gdouble) (g_get_monotonic_time () - then) / G_USEC_PER_SEC;
}

static gchar *
describe_state (VoxelProgress *progress, const VoxelProgressState *state)
{
  gdouble done = state->total ? (gdouble) state->done / (gdouble) state->total : 0.;
  gdouble fraction = state->total ? done + (gdouble) state->resumed / (gdouble) state->total : 0.;
  gdouble seconds = seconds_since (progress->stitching_since);
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "axis %c", state->axis);
  append_bar (progress, out, fraction);
  if (state->total)
    g_string_append_printf (out, "  %3.0f %%", 100. * fraction);
  g_string_append_printf (out, "  slice %u", state->slice);
  if (state->slices)
    g_string_append_printf (out, "/%u", state->slices);
  g_string_append_printf (out, "  axis %u/%u", state->pass, state->passes);
  if (seconds > .5)
    g_string_append_printf (out, "  %.2f Mvoxel/s", (gdouble) state->done / seconds / 1e6);
  append_time_left (out, seconds, done, state->total ? 1. - fraction : 0.);
  return g_string_free (out, FALSE);
}

static gchar *
describe_stage (const VoxelProgress *progress)
{
  gdouble fraction = progress->total > 0 ? (gdouble) progress->current / (gdouble) progress->total : 0.;
  GString *out = g_string_new (progress->stage);

  if (progress->total > 0) {
    append_bar (progress, out, fraction);
    g_string_append_printf (out, "  %3.0f %%  slice %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, 100. * fraction,
                            progress->current, progress->total);
    append_time_left (out, seconds_since (progress->began), fraction, 1. - fraction);
  } else {
    g_string_append_printf (out, "  slice %" G_GINT64_FORMAT, progress->current);
  }
  return g_string_free (out, FALSE);
}

/* The rate counts from when the first axis was begun, not from when its first slice was done. */
static gchar *
describe (VoxelProgress *progress)
{
  VoxelProgressState state = {0};

  if (progress->watch)
    state = voxel_progress_watch_get (progress->watch);
  if (state.axis) {
    if (!progress->stitching_since)
      progress->stitching_since = progress->began ? progress->began : g_get_monotonic_time ();
    return describe_state (progress, &state);
  }
  /* The reslicer speaks of an axis when it hands its slices on; that far the network is only later. */
  if (progress->watch && progress->stage && g_str_has_prefix (progress->stage, "axis "))
    return g_strdup_printf ("%s  the first of %" G_GINT64_FORMAT " slices", progress->stage, progress->total);
  return progress->stage ? describe_stage (progress) : NULL;
}

/**
 * voxel_progress_update:
 * @progress: display
 *
 * Shows what is known if it is time to.
 */
void
voxel_progress_update (VoxelProgress *progress)
{
  gint64 now = g_get_monotonic_time ();
  g_autofree gchar *text = NULL;
  struct winsize size = {0};

  if (progress->quiet ||
      (progress->shown && now - progress->shown < (progress->terminal ? BAR_INTERVAL : LINE_INTERVAL)))
    return;
  text = describe (progress);
  if (!text)
    return;
  progress->shown = now;
  if (!progress->terminal) {
    g_printerr ("voxel %s: %s\n", progress->command, text);
    return;
  }
  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 && strlen (text) >= size.ws_col)
    text[size.ws_col - 1] = '\0';
  g_printerr ("\r\033[K%s", text);
  progress->open = TRUE;
}

/**
 * voxel_progress_finish:
 * @progress: display
 *
 * Wipes the bar.
 */
void
voxel_progress_finish (VoxelProgress *progress)
{
  if (progress->open)
    g_printerr ("\r\033[K");
  progress->open = FALSE;
}
