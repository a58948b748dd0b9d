/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The elements that hold volumes, together and in pipelines that are sought in, stopped and run again. */

#include <gst/gst.h>

#include "elements/stream/voxel.h"
#include "tiff-fixture.h"

#define SLICES 24

typedef struct {
  GstElement *pipeline;
  guint count;
  guint depth;
  guint wrong;
  GstClockTime running;
} Run;

static gchar *
write_stack (const gchar *folder)
{
  Fixture stack = {.width = 70,
                   .height = 90,
                   .bits = 16,
                   .pages = SLICES,
                   .photometric = 1,
                   .compression = COMPRESSION_NONE};

  return fixture_write (folder, "stack.tif", &stack);
}

/* Stands for a network: what was an intensity is a probability. */
static GstPadProbeReturn
believe (GstPad *pad, GstPadProbeInfo *info, gpointer unused)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));

  gst_buffer_get_voxel_slice_meta (buffer)->content = GST_VOXEL_CONTENT_PROBABILITY;
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

/* Slices in order, each pass whole, running time never back. */
static void
look (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  GstEvent *event = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment;
  GstClockTime running;
  Run *run = data;

  gst_event_parse_segment (event, &segment);
  running = gst_segment_to_running_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  if (slice->axis != GST_VOXEL_AXIS_Z || slice->last != slice->volume->shape[0] - 1)
    run->wrong++;
  if (run->count > 0 && slice->index > 0 && running <= run->running)
    run->wrong++;
  run->running = running;
  run->depth = slice->volume->shape[0];
  run->count++;
  gst_event_unref (event);
}

static void
run_open (Run *run, const gchar *path, const gchar *reslice, const gchar *sink)
{
  g_autofree gchar *line = g_strdup_printf (
      "voxelsrc location=\"%s\" framerate=1000/1 ! voxelreslice %s ! voxelnormalize name=n ! "
      "voxelvote mode=mean memory-limit=1 ! fakesink name=sink signal-handoffs=true %s",
      path, reslice, sink);
  g_autoptr (GstElement) normalize = NULL;
  g_autoptr (GstElement) end = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPad) pad = NULL;

  *run = (Run){.pipeline = gst_parse_launch (line, &error)};
  g_assert_no_error (error);
  normalize = gst_bin_get_by_name (GST_BIN (run->pipeline), "n");
  end = gst_bin_get_by_name (GST_BIN (run->pipeline), "sink");
  pad = gst_element_get_static_pad (normalize, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, believe, NULL, NULL);
  g_signal_connect (end, "handoff", G_CALLBACK (look), run);
}

static void
run_close (Run *run)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (run->pipeline);
  GstMessage *message;

  gst_element_set_state (run->pipeline, GST_STATE_NULL);
  while ((message = gst_bus_pop (bus))) {
    g_assert_cmpint (GST_MESSAGE_TYPE (message), !=, GST_MESSAGE_ERROR);
    gst_message_unref (message);
  }
  g_assert_cmpuint (run->wrong, ==, 0);
  gst_object_unref (run->pipeline);
}

static gboolean
seek (Run *run, GstSeekFlags flags, gint first, gint stop)
{
  return gst_element_seek (run->pipeline, 1., GST_FORMAT_TIME, flags, GST_SEEK_TYPE_SET, first * GST_MSECOND,
                           GST_SEEK_TYPE_SET, stop * GST_MSECOND);
}

static void
wait_for (Run *run, GstMessageType type)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (run->pipeline);
  g_autoptr (GstMessage) message =
      gst_bus_timed_pop_filtered (bus, 30 * GST_SECOND, type | GST_MESSAGE_ERROR);

  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, type);
}

static const gchar *const reslicers[] = {"axes=z,y,x", "axes=x,y memory-limit=1", "axes=z,x hold=false",
                                         "axes=z hold=false"};

/* A part of the scan is a volume of its own, and what was held before the seek is forgotten. */
static void
test_part (void)
{
  gchar *folder = fixture_folder_new ();
  g_autofree gchar *path = write_stack (folder);

  for (guint i = 0; i < G_N_ELEMENTS (reslicers); i++) {
    Run run;

    run_open (&run, path, reslicers[i], "sync=false");
    gst_element_set_state (run.pipeline, GST_STATE_PAUSED);
    g_assert_cmpint (gst_element_get_state (run.pipeline, NULL, NULL, 30 * GST_SECOND), ==,
                     GST_STATE_CHANGE_SUCCESS);
    g_assert_true (seek (&run, GST_SEEK_FLAG_FLUSH, 10, 17));
    g_assert_cmpint (gst_element_get_state (run.pipeline, NULL, NULL, 30 * GST_SECOND), ==,
                     GST_STATE_CHANGE_SUCCESS);
    run.count = 0;
    gst_element_set_state (run.pipeline, GST_STATE_PLAYING);
    wait_for (&run, GST_MESSAGE_EOS);
    g_assert_cmpuint (run.depth, ==, 7);
    /* the first slice may have been handed over for the preroll */
    g_assert_cmpuint (run.count, >=, 6);
    g_assert_cmpuint (run.count, <=, 7);
    run_close (&run);
  }
  fixture_folder_free (folder);
}

static void
test_segments (void)
{
  gchar *folder = fixture_folder_new ();
  g_autofree gchar *path = write_stack (folder);

  for (guint i = 0; i < G_N_ELEMENTS (reslicers); i++) {
    Run run;

    run_open (&run, path, reslicers[i], "sync=false");
    gst_element_set_state (run.pipeline, GST_STATE_PAUSED);
    gst_element_get_state (run.pipeline, NULL, NULL, 30 * GST_SECOND);
    g_assert_true (seek (&run, GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_SEGMENT, 2, 8));
    gst_element_set_state (run.pipeline, GST_STATE_PLAYING);
    for (guint n = 1; n <= 4; n++) {
      /* The source says that it is done before the holders are; the seek waits for them, and must not come
       * before the sink plays. */
      wait_for (&run, GST_MESSAGE_SEGMENT_DONE);
      gst_element_get_state (run.pipeline, NULL, NULL, 30 * GST_SECOND);
      g_assert_true (seek (&run, GST_SEEK_FLAG_SEGMENT, 2, 8));
      g_assert_cmpuint (run.depth, ==, 6);
      g_assert_cmpuint (run.count, >=, 6 * n);
    }
    run_close (&run);
  }
  fixture_folder_free (folder);
}

/* Whatever happens in whatever order, it neither hangs nor errs. */
static void
test_random (void)
{
  static const GstState states[] = {GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_PLAYING, GST_STATE_PLAYING};
  gchar *folder = fixture_folder_new ();
  g_autofree gchar *path = write_stack (folder);
  g_autoptr (GRand) random = g_rand_new_with_seed (11);

  for (guint n = 0; n < 100; n++) {
    Run run;

    run_open (&run, path, reslicers[n % G_N_ELEMENTS (reslicers)], n % 2 ? "sync=true" : "sync=false");
    for (guint step = 0; step < 5; step++) {
      gst_element_set_state (run.pipeline, states[g_rand_int_range (random, 0, G_N_ELEMENTS (states))]);
      if (g_rand_boolean (random))
        gst_element_get_state (run.pipeline, NULL, NULL, 50 * GST_MSECOND);
      if (g_rand_boolean (random)) {
        gint first = g_rand_int_range (random, 0, SLICES);

        seek (&run, GST_SEEK_FLAG_FLUSH, first, g_rand_int_range (random, first, SLICES) + 1);
      }
      g_usleep ((gulong) g_rand_int_range (random, 0, 8000));
    }
    run_close (&run);
  }
  fixture_folder_free (folder);
}

static void
count_slice (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer count)
{
  g_atomic_int_inc ((gint *) count);
}

static GstElement *
open_endless (const gchar *path, const gchar *reslice, const gchar *sink, gint *count)
{
  g_autofree gchar *line = g_strdup_printf (
      "voxelsrc location=\"%s\" framerate=1000/1 ! voxelreslice epochs=0 %s ! voxelnormalize ! "
      "fakesink name=sink signal-handoffs=true %s",
      path, reslice, sink);
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstElement) end = NULL;

  g_assert_no_error (error);
  end = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_signal_connect (end, "handoff", G_CALLBACK (count_slice), count);
  return pipeline;
}

static void
wait_more (gint *count, gint more)
{
  gint now = g_atomic_int_get (count);
  gint64 end = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  while (g_atomic_int_get (count) < now + more) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (200);
  }
}

/* What never ends by itself ends by any seek and any change of state, and goes on behind them. */
static void
test_endless (void)
{
  static const gchar *const orders[] = {"axes=y,z", "shuffle=true", "shuffle=true oblique=5 memory-limit=1"};
  static const GstState states[] = {GST_STATE_NULL, GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_PLAYING};
  gchar *folder = fixture_folder_new ();
  g_autofree gchar *path = write_stack (folder);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (guint n = 0; n < 24; n++) {
    gint count = 0;
    Run run = {.pipeline = open_endless (path, orders[n % G_N_ELEMENTS (orders)],
                                         n % 4 == 3 ? "sync=true" : "sync=false", &count)};

    for (guint step = 0; step < 4; step++) {
      gint first = g_rand_int_range (random, 0, SLICES - 1);
      gint stop = g_rand_int_range (random, first, SLICES) + 1;

      gst_element_set_state (run.pipeline, GST_STATE_PLAYING);
      gst_element_get_state (run.pipeline, NULL, NULL, 30 * GST_SECOND);
      wait_more (&count, 100);
      if (g_rand_boolean (random))
        gst_element_set_state (run.pipeline, states[g_rand_int_range (random, 0, G_N_ELEMENTS (states))]);
      else
        g_assert_true (seek (&run, GST_SEEK_FLAG_FLUSH, first, stop));
    }
    run_close (&run);
  }
  fixture_folder_free (folder);
}

/* A seek that does not flush waits until all that came is sent, which would be never. */
static void
test_endless_segments (void)
{
  gchar *folder = fixture_folder_new ();
  g_autofree gchar *path = write_stack (folder);
  gint count = 0;
  Run run = {.pipeline = open_endless (path, "shuffle=true", "sync=false", &count)};

  gst_element_set_state (run.pipeline, GST_STATE_PAUSED);
  gst_element_get_state (run.pipeline, NULL, NULL, 30 * GST_SECOND);
  g_assert_true (seek (&run, GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_SEGMENT, 2, 8));
  gst_element_set_state (run.pipeline, GST_STATE_PLAYING);
  gst_element_get_state (run.pipeline, NULL, NULL, 30 * GST_SECOND);
  for (guint n = 0; n < 10; n++) {
    wait_more (&count, 500);
    g_assert_true (seek (&run, GST_SEEK_FLAG_SEGMENT, 3, 9));
  }
  wait_more (&count, 500);
  run_close (&run);
  fixture_folder_free (folder);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/holders-stress/part", test_part);
  g_test_add_func ("/holders-stress/segments", test_segments);
  g_test_add_func ("/holders-stress/random", test_random);
  g_test_add_func ("/holders-stress/endless", test_endless);
  g_test_add_func ("/holders-stress/endless-segments", test_endless_segments);
  return g_test_run ();
}
