/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* pipeline-time PIPELINE: takes turns (see turns.c) with a pipeline, each built anew and run to its end. */

#include <gst/gst.h>

#include "turns.h"

static gboolean
run_pipeline (gpointer text, GError **error)
{
  g_autoptr (GstElement) pipeline = gst_parse_launch_full (text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) end = NULL;

  if (!pipeline)
    return FALSE;
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  end = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (GST_MESSAGE_TYPE (end) == GST_MESSAGE_ERROR)
    gst_message_parse_error (end, error, NULL);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return GST_MESSAGE_TYPE (end) == GST_MESSAGE_EOS;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  gst_init (&argc, &argv);
  if (argc != 2) {
    g_printerr ("pipeline-time PIPELINE\n");
    return 2;
  }
  if (run_pipeline (argv[1], &error) && voxel_turns_serve ("", run_pipeline, argv[1], &error))
    return 0;
  g_printerr ("pipeline-time: %s\n", error->message);
  return 1;
}
