/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <gst/video/video.h>

#include "progress.h"

#define LINE_INTERVAL (5 * G_USEC_PER_SEC)
#define BAR_INTERVAL (G_USEC_PER_SEC / 5)
#define BAR_WIDTH 24

/**
 * VoxelProgress:
 *
 * What the elements' "progress" messages said last, and what of it was shown. The passes are the axes that
 * a voxelreslice in the pipeline runs through: they make up the whole.
 */
struct _VoxelProgress {
  gchar *command;
  gboolean quiet;
  gboolean terminal;
  gchar *axes;
  guint passes;
  guint pass;
  gchar *stage;
  gint64 current;
  gint64 total;
  guint64 pixels;
  gint64 began;
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
 * @progress: display
 */
void
voxel_progress_free (VoxelProgress *progress)
{
  g_free (progress->command);
  g_free (progress->axes);
  g_free (progress->stage);
  g_free (progress);
}

/**
 * voxel_progress_attach:
 * @progress: display
 * @pipeline: bin that will run
 *
 * Learns how many passes through the volume there will be.
 */
void
voxel_progress_attach (VoxelProgress *progress, GstElement *pipeline)
{
  GstIterator *iterator = gst_bin_iterate_all_by_element_factory_name (GST_BIN (pipeline), "voxelreslice");
  GValue item = G_VALUE_INIT;

  if (iterator && gst_iterator_next (iterator, &item) == GST_ITERATOR_OK) {
    g_object_get (g_value_get_object (&item), "axes", &progress->axes, NULL);
    g_value_unset (&item);
  }
  g_clear_pointer (&iterator, gst_iterator_free);
  for (const gchar *c = progress->axes ? progress->axes : ""; *c; c++)
    progress->passes += strchr ("xyz", *c) != NULL;
}

static guint64
pixels_of (GstObject *source)
{
  const gchar *const names[] = {"src", "sink"};
  guint64 pixels = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (names) && GST_IS_ELEMENT (source) && !pixels; i++) {
    g_autoptr (GstPad) pad = gst_element_get_static_pad (GST_ELEMENT (source), names[i]);
    g_autoptr (GstCaps) caps = pad ? gst_pad_get_current_caps (pad) : NULL;
    gint width, height;

    if (caps && gst_structure_get (gst_caps_get_structure (caps, 0), "width", G_TYPE_INT, &width, "height",
                                   G_TYPE_INT, &height, NULL))
      pixels = (guint64) width * (guint64) height;
  }
  return pixels;
}

/* "axis y" is the pass at which y stands in the reslicer's list. */
static gboolean
find_pass (const VoxelProgress *progress, const gchar *stage, guint *pass)
{
  const gchar *axis = g_str_has_prefix (stage, "axis ") && progress->axes ? stage + 5 : NULL;
  guint n = 0;

  if (!axis)
    return FALSE;
  for (const gchar *c = progress->axes; *c; c++) {
    if (*c == *axis) {
      *pass = n;
      return TRUE;
    }
    n += strchr ("xyz", *c) != NULL;
  }
  return FALSE;
}

static gdouble
fraction_of (const VoxelProgress *progress)
{
  gdouble part = progress->total > 0 ? (gdouble) progress->current / (gdouble) progress->total : 0.;
  guint pass;

  if (find_pass (progress, progress->stage, &pass))
    return (pass + part) / progress->passes;
  return part;
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
  gboolean passing, passed;
  guint pass;

  passed = progress->stage && find_pass (progress, progress->stage, &pass);
  passing = stage && find_pass (progress, stage, &pass);
  if (!stage || (passed && !passing && !g_str_has_prefix (stage, "vote")))
    return;
  if (g_strcmp0 (stage, progress->stage) != 0 && !(passed && passing))
    progress->began = g_get_monotonic_time ();
  gst_structure_get_int64 (structure, "current", &progress->current);
  gst_structure_get_int64 (structure, "total", &progress->total);
  g_free (progress->stage);
  progress->stage = g_strdup (stage);
  progress->pass = passing ? pass : 0;
  progress->pixels = pixels_of (GST_MESSAGE_SRC (message));
  voxel_progress_update (progress);
}

static gchar *
describe (const VoxelProgress *progress)
{
  gdouble fraction = fraction_of (progress);
  gdouble seconds = (gdouble) (g_get_monotonic_time () - progress->began) / G_USEC_PER_SEC;
  guint64 slices = (guint64) MAX (progress->current, 0);
  guint pass;
  GString *out = g_string_new (progress->stage);

  if (progress->terminal) {
    gint filled = CLAMP ((gint) (fraction * BAR_WIDTH), 0, BAR_WIDTH);

    g_string_append (out, "  [");
    for (gint i = 0; i < BAR_WIDTH; i++)
      g_string_append_c (out, i < filled ? '#' : '.');
    g_string_append_c (out, ']');
  }
  if (progress->total > 0)
    g_string_append_printf (out, "  %3.0f %%  %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT " slices",
                            100. * fraction, progress->current, progress->total);
  else
    g_string_append_printf (out, "  %" G_GINT64_FORMAT " slices", progress->current);
  if (find_pass (progress, progress->stage, &pass)) {
    slices += pass * (guint64) MAX (progress->total, 0);
    g_string_append_printf (out, "  axis %u/%u", pass + 1, progress->passes);
  }
  if (seconds > .5 && progress->pixels)
    g_string_append_printf (out, "  %.2f Mvoxel/s", (gdouble) (slices * progress->pixels) / seconds / 1e6);
  if (seconds > 2. && fraction > .01 && fraction < 1.) {
    guint left = (guint) (seconds * (1. - fraction) / fraction + .5);

    g_string_append_printf (out, "  %u:%02u left", left / 60, left % 60);
  }
  return g_string_free (out, FALSE);
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

  if (progress->quiet || !progress->stage)
    return;
  if (progress->shown && now - progress->shown < (progress->terminal ? BAR_INTERVAL : LINE_INTERVAL))
    return;
  progress->shown = now;
  text = describe (progress);
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
