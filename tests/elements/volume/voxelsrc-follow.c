/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* voxelsrc on a folder that is being written to, as a pipeline sees it. */

#include <gst/gst.h>

#include "elements/stream/voxel.h"
#include "follow-fixture.h"

typedef struct {
  GMutex lock;
  GCond changed;
  guint first_number;
  guint count;
  guint depth;
  guint last;
  gchar *name;
} Seen;

static void
see (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  Seen *seen = user_data;
  GstMapInfo map;
  Fixture fixture = form;

  g_mutex_lock (&seen->lock);
  g_assert_cmpuint (slice->index, ==, seen->count);
  g_assert_cmpuint (slice->first, ==, 0);
  g_assert_cmpuint (slice->volume->shape[2], ==, form.width);
  g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, seen->count * GST_SECOND / 25);
  fixture.first_value = (seen->first_number + slice->index) * 1000;
  gst_buffer_map (buffer, &map, GST_MAP_READ);
  g_assert_cmpuint (((guint16 *) map.data)[4], ==, fixture_expected (&fixture, 0, 4, 0));
  gst_buffer_unmap (buffer, &map);
  seen->count++;
  seen->last = slice->last;
  seen->depth = slice->volume->shape[0];
  g_free (seen->name);
  seen->name = gst_voxel_volume_slice_name (slice->volume, slice->index);
  g_cond_broadcast (&seen->changed);
  g_mutex_unlock (&seen->lock);
}

static void
wait_for (Seen *seen, guint count)
{
  g_mutex_lock (&seen->lock);
  while (seen->count < count)
    g_cond_wait (&seen->changed, &seen->lock);
  g_assert_cmpuint (seen->count, ==, count);
  g_mutex_unlock (&seen->lock);
}

static GstElement *
pipeline_new (const gchar *location, const gchar *more, Seen *seen)
{
  g_autofree gchar *line =
      g_strdup_printf ("voxelsrc name=source location=\"%s\" follow=true %s ! queue ! fakesink name=sink "
                       "signal-handoffs=true",
                       location, more);
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");

  g_assert_no_error (error);
  g_signal_connect (sink, "handoff", G_CALLBACK (see), seen);
  return pipeline;
}

static void
pipeline_free (GstElement *pipeline, Seen *seen)
{
  g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_NULL), ==, GST_STATE_CHANGE_SUCCESS);
  gst_object_unref (pipeline);
  g_clear_pointer (&seen->name, g_free);
}

/* Returns what was said at the end. */
static gchar *
assert_ends (GstElement *pipeline, GstMessageType type, GQuark domain, gint code)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message =
      gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, type);
  if (type == GST_MESSAGE_EOS)
    return NULL;
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, domain, code);
  return g_strdup (error->message);
}

/* Nobody knows how many: the depth is unknown, the end comes with time, and is told. */
static void
test_depth_unknown (void)
{
  gchar *folder = fixture_folder_new ();
  Seen seen = {.first_number = 5};
  GstElement *pipeline = pipeline_new (folder, "follow-timeout=2000000000", &seen);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint k = 0; k < 3; k++) {
    write_slowly (folder, k + 5, 3, 10 * MS);
    wait_for (&seen, k + 1);
  }
  g_assert_cmpuint (seen.last, ==, GST_VOXEL_INDEX_UNKNOWN);
  g_assert_cmpuint (seen.depth, ==, 0);
  message = gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND, GST_MESSAGE_INFO | GST_MESSAGE_ERROR);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_INFO);
  assert_ends (pipeline, GST_MESSAGE_EOS, 0, 0);
  pipeline_free (pipeline, &seen);
  fixture_folder_free (folder);
}

/* As many as were promised, with the names that they have; a part of them. */
static void
test_depth_promised (void)
{
  gchar *folder = fixture_folder_new ();
  Seen seen = {.first_number = 5};
  GstElement *pipeline = pipeline_new (folder, "start-index=2 stop-index=4 first-number=3", &seen);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint k = 0; k < 3; k++) {
    move_in (folder, k + 5);
    wait_for (&seen, k + 1);
  }
  g_assert_cmpuint (seen.last, ==, 2);
  g_assert_cmpuint (seen.depth, ==, 3);
  g_assert_cmpstr (seen.name, ==, "scan_0007");
  assert_ends (pipeline, GST_MESSAGE_EOS, 0, 0);
  pipeline_free (pipeline, &seen);
  fixture_folder_free (folder);
}

static void
test_missing (void)
{
  gchar *folder = fixture_folder_new ();
  Seen seen = {.first_number = 7};
  GstElement *pipeline = pipeline_new (folder, "follow-timeout=500000000 first-number=7", &seen);
  g_autofree gchar *said = NULL;

  move_in (folder, 9);
  move_in (folder, 7);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  said = assert_ends (pipeline, GST_MESSAGE_ERROR, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (said, "scan_0008.tif\" is missing, but scan_0009.tif is there"));
  g_assert_cmpuint (seen.count, ==, 1);
  pipeline_free (pipeline, &seen);
  fixture_folder_free (folder);
}

/* A directory that can be read before the pixels can: they are waited for, and nothing half is sent. */
static void
test_pixels_late (void)
{
  gchar *folder = fixture_folder_new ();
  Seen seen = {0};
  GstElement *pipeline = pipeline_new (folder, "stop-index=0", &seen);
  g_autofree gchar *path = name_of (folder, 0);
  g_autofree gchar *bytes = NULL;
  g_autofree gchar *torn = NULL;
  Fixture deflated = form;
  gsize size;

  deflated.compression = COMPRESSION_ADOBE_DEFLATE;
  bytes = slice_bytes (&deflated, 0, &size);
  torn = g_memdup2 (bytes, size);
  memset (torn + 20, 0x55, 200);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_assert_true (g_file_set_contents (path, torn, (gssize) size, NULL));
  g_usleep (50 * MS);
  g_assert_cmpuint (seen.count, ==, 0);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  wait_for (&seen, 1);
  assert_ends (pipeline, GST_MESSAGE_EOS, 0, 0);
  pipeline_free (pipeline, &seen);
  fixture_folder_free (folder);
}

/* What a live source is: no preroll, no seeks; it says so. */
static void
test_live (void)
{
  gchar *folder = fixture_folder_new ();
  Seen seen = {0};
  GstElement *pipeline = pipeline_new (folder, "", &seen);
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
  g_autoptr (GstQuery) latency = gst_query_new_latency ();
  g_autoptr (GstQuery) seeking = gst_query_new_seeking (GST_FORMAT_TIME);
  gboolean answer;
  gint64 duration;

  write_whole (folder, 0);
  age (folder, 0, 0);
  g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_NO_PREROLL);
  g_usleep (20 * MS);
  g_assert_cmpuint (seen.count, ==, 0);
  g_assert_true (gst_element_query (source, latency));
  gst_query_parse_latency (latency, &answer, NULL, NULL);
  g_assert_true (answer);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  wait_for (&seen, 1);
  g_assert_true (gst_element_query (source, seeking));
  gst_query_parse_seeking (seeking, NULL, &answer, NULL, NULL);
  g_assert_false (answer);
  g_assert_false (gst_element_query_duration (source, GST_FORMAT_TIME, &duration));
  g_assert_false (gst_element_seek_simple (pipeline, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 0));

  /* PAUSED stops it, PLAYING lets it go on with what came meanwhile. */
  for (guint k = 1; k < 4; k++) {
    gst_element_set_state (pipeline, GST_STATE_PAUSED);
    write_whole (folder, k);
    g_usleep (20 * MS);
    g_assert_cmpuint (seen.count, ==, k);
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    wait_for (&seen, k + 1);
  }
  /* Who has seen enough says so: the end comes at once, whatever is waited for. */
  g_assert_true (gst_element_send_event (pipeline, gst_event_new_eos ()));
  assert_ends (pipeline, GST_MESSAGE_EOS, 0, 0);
  pipeline_free (pipeline, &seen);
  fixture_folder_free (folder);
}

/* What cannot be followed is refused before anything flows. */
static void
test_refused (void)
{
  gchar *folder = fixture_folder_new ();
  Fixture stack = form;
  g_autofree gchar *path = NULL;
  g_autofree gchar *none = g_build_filename (folder, "none", NULL);
  const struct {
    const gchar *location;
    const gchar *options;
    GQuark domain;
    gint code;
  } cases[] = {
      {NULL, "", GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT},
      {none, "", GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND},
      {folder, "start-index=3 stop-index=2", GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS},
  };

  stack.pages = 3;
  path = fixture_write (folder, "stack.tif", &stack);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Seen seen = {0};
    const gchar *location = cases[i].location ? cases[i].location : path;
    GstElement *pipeline = pipeline_new (location, cases[i].options, &seen);

    g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
    g_free (assert_ends (pipeline, GST_MESSAGE_ERROR, cases[i].domain, cases[i].code));
    pipeline_free (pipeline, &seen);
  }
  fixture_folder_free (folder);
}

typedef struct {
  const gchar *folder;
  gint stop;
} Writer;

static gpointer
write_on (gpointer data)
{
  Writer *writer = data;

  for (guint k = 0; !g_atomic_int_get (&writer->stop); k++) {
    if (k % 3)
      move_in (writer->folder, k);
    else
      write_slowly (writer->folder, k, 2, 200);
    g_usleep (300);
  }
  return NULL;
}

/* Whatever happens in whatever order while files come or do not, it neither hangs nor errs. */
static void
test_random_states (void)
{
  static const GstState states[] = {GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_PLAYING, GST_STATE_PLAYING};
  g_autoptr (GRand) random = g_rand_new_with_seed (11);

  for (guint run = 0; run < 60; run++) {
    gchar *folder = fixture_folder_new ();
    g_autofree gchar *line =
        g_strdup_printf ("voxelsrc location=\"%s\" follow=true ! voxelreslice hold=false "
                         "memory-limit=0 ! queue ! fakesink sync=%s",
                         folder, run % 2 ? "true" : "false");
    g_autoptr (GstElement) pipeline = gst_parse_launch (line, NULL);
    g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
    Writer writer = {folder, 0};
    GThread *thread = run % 4 ? g_thread_new ("writer", write_on, &writer) : NULL;

    for (guint step = 0; step < 5; step++) {
      GstState state = states[g_rand_int_range (random, 0, G_N_ELEMENTS (states))];

      gst_element_set_state (pipeline, state);
      g_usleep ((gulong) g_rand_int_range (random, 0, 5000));
      /* GstBaseSrc 1.22 leaks one that it gets in READY. */
      if (state == GST_STATE_PLAYING && g_rand_int_range (random, 0, 8) == 0)
        gst_element_send_event (pipeline, gst_event_new_eos ());
    }
    g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_NULL), ==, GST_STATE_CHANGE_SUCCESS);
    g_assert_null (gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR));
    g_atomic_int_set (&writer.stop, TRUE);
    if (thread)
      g_thread_join (thread);
    fixture_folder_free (folder);
  }
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
  list = gst_structure_get_value (live, "live-objects-list");
  for (guint i = 0; list && i < gst_value_list_get_size (list); i++) {
    const GstStructure *entry = gst_value_get_structure (gst_value_list_get_value (list, i));
    GType type = G_VALUE_TYPE (gst_structure_get_value (entry, "object"));

    g_assert_false (g_type_is_a (type, GST_TYPE_ELEMENT) || type == GST_TYPE_BUFFER ||
                    type == GST_TYPE_EVENT);
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
  g_test_add_func ("/voxelsrc-follow/depth-unknown", test_depth_unknown);
  g_test_add_func ("/voxelsrc-follow/depth-promised", test_depth_promised);
  g_test_add_func ("/voxelsrc-follow/missing", test_missing);
  g_test_add_func ("/voxelsrc-follow/pixels-late", test_pixels_late);
  g_test_add_func ("/voxelsrc-follow/live", test_live);
  g_test_add_func ("/voxelsrc-follow/refused", test_refused);
  g_test_add_func ("/voxelsrc-follow/random-states", test_random_states);
  g_test_add_func ("/voxelsrc-follow/leaks", test_leaks);
  return g_test_run ();
}
