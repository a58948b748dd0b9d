/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <gst/gst.h>

#include "tiff-fixture.h"

#define SLICES 40

static gchar *
write_stack (const gchar *folder)
{
  Fixture stack = {.width = 300,
                   .height = 200,
                   .bits = 16,
                   .pages = SLICES,
                   .photometric = 1,
                   .compression = COMPRESSION_ADOBE_DEFLATE};

  return fixture_write (folder, "stack.tif", &stack);
}

static GstElement *
pipeline_new (const gchar *path, guint read_ahead, gboolean live)
{
  g_autofree gchar *line =
      g_strdup_printf ("voxelsrc location=\"%s\" read-ahead=%u threads=2 framerate=1000/1 ! "
                       "voxelstamp force=true ! queue max-size-buffers=2 ! fakesink sync=%s",
                       path, read_ahead, live ? "true" : "false");
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (line, &error);

  g_assert_no_error (error);
  return pipeline;
}

static void
seek_somewhere (GstElement *pipeline, GRand *random)
{
  gint first = g_rand_int_range (random, 0, SLICES);
  gint last = g_rand_int_range (random, first, SLICES);
  GstSeekFlags flags = GST_SEEK_FLAG_FLUSH | (g_rand_boolean (random) ? GST_SEEK_FLAG_SEGMENT : 0);

  if (g_rand_boolean (random))
    gst_element_seek (pipeline, 1., GST_FORMAT_DEFAULT, flags, GST_SEEK_TYPE_SET, first, GST_SEEK_TYPE_SET,
                      last + 1);
  else
    gst_element_seek (pipeline, 1., GST_FORMAT_TIME, flags, GST_SEEK_TYPE_SET, first * GST_MSECOND,
                      GST_SEEK_TYPE_SET, (last + 1) * GST_MSECOND);
}

static void
drain (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_ANY))) {
    g_assert_cmpint (GST_MESSAGE_TYPE (message), !=, GST_MESSAGE_ERROR);
    gst_message_unref (message);
  }
}

/* Whatever happens in whatever order, it neither hangs nor errs. */
static void
test_random (void)
{
  gchar *folder = fixture_folder_new ();
  g_autofree gchar *path = write_stack (folder);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (guint run = 0; run < 100; run++) {
    GstElement *pipeline = pipeline_new (path, run % 3 * 4, run % 2);

    for (guint step = 0; step < 4; step++) {
      static const GstState states[] = {GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_PLAYING,
                                        GST_STATE_PLAYING};

      gst_element_set_state (pipeline, states[g_rand_int_range (random, 0, G_N_ELEMENTS (states))]);
      if (g_rand_boolean (random))
        gst_element_get_state (pipeline, NULL, NULL, 50 * GST_MSECOND);
      if (g_rand_boolean (random))
        seek_somewhere (pipeline, random);
      g_usleep ((gulong) g_rand_int_range (random, 0, 2000));
    }
    gst_element_set_state (pipeline, GST_STATE_NULL);
    drain (pipeline);
    gst_object_unref (pipeline);
  }
  fixture_folder_free (folder);
}

static gboolean
is_ours (GType type)
{
  static const gchar *const names[] = {"GstBuffer",   "GstEvent",           "GstQuery",
                                       "GstMessage",  "GstVideoBufferPool", "GstPipeline",
                                       "GstVoxelSrc", "GstVoxelStamp",      "GstPad"};

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_strcmp0 (g_type_name (type), names[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

/* The tracer that main() asked for knows every object that lives. */
static void
test_leaks (void)
{
  GList *tracers = gst_tracing_get_active_tracers ();
  GstStructure *live = NULL;
  const GValue *list;

  g_assert_nonnull (tracers);
  g_signal_emit_by_name (tracers->data, "get-live-objects", &live);
  g_assert_nonnull (live);
  list = gst_structure_get_value (live, "live-objects-list");
  for (guint i = 0; list && i < gst_value_list_get_size (list); i++) {
    const GstStructure *entry = gst_value_get_structure (gst_value_list_get_value (list, i));
    const GValue *object = gst_structure_get_value (entry, "object");

    g_assert_false (is_ours (G_VALUE_TYPE (object)));
  }
  gst_structure_free (live);
  g_list_free_full (tracers, gst_object_unref);
}

int
main (int argc, char **argv)
{
  g_setenv ("GST_TRACERS", "leaks", TRUE);
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voxelsrc-stress/random", test_random);
  g_test_add_func ("/voxelsrc-stress/leaks", test_leaks);
  return g_test_run ();
}
