/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "labels-fixture.h"

#define MOST_VOLUMES 4

/* What is seen of a volume at a sink. */
typedef struct {
  gchar *id;
  guint64 serial;
  guint count;
  guint first;
  guint last;
  guint width;
  guint depth;
  guint labels;
  gint caps_width;
  gchar *format;
  GstClockTime base;
  GstClockTime start;
  GstClockTime end;
  gboolean wrong;
} Seen;

typedef struct {
  Seen volumes[MOST_VOLUMES];
  guint count;
  guint n_segments;
  guint n_caps;
} Stream;

static void
stream_clear (Stream *stream)
{
  for (guint i = 0; i < MOST_VOLUMES; i++) {
    g_free (stream->volumes[i].id);
    g_free (stream->volumes[i].format);
  }
  *stream = (Stream){0};
}

static Seen *
begin_volume (Stream *stream, GstPad *pad, GstBuffer *buffer)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GstEvent) event = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstStructure *fields = gst_caps_get_structure (caps, 0);
  const GstSegment *segment;
  Seen *seen;

  g_assert_cmpuint (stream->count, <, MOST_VOLUMES);
  seen = &stream->volumes[stream->count++];
  gst_event_parse_segment (event, &segment);
  seen->id = g_strdup (slice->volume->id);
  seen->serial = slice->volume->serial;
  seen->depth = slice->volume->shape[0];
  seen->width = slice->volume->shape[2];
  seen->first = slice->first;
  seen->last = slice->last;
  seen->base = segment->base;
  seen->start = gst_segment_to_running_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  seen->format = g_strdup (gst_structure_get_string (fields, "format"));
  gst_structure_get_int (fields, "width", &seen->caps_width);
  seen->wrong = GST_BUFFER_PTS (buffer) != 0;
  return seen;
}

static void
see (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  Stream *stream = user_data;
  Seen *seen = stream->count ? &stream->volumes[stream->count - 1] : NULL;

  if (!seen || seen->serial != slice->volume->serial)
    seen = begin_volume (stream, pad, buffer);
  seen->wrong |= slice->index != seen->count || slice->first != seen->first || slice->last != seen->last;
  seen->labels += gst_buffer_get_voxel_label_meta (buffer) != NULL;
  seen->end = seen->base + GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer);
  seen->count++;
}

static GstPadProbeReturn
count_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Stream *stream = user_data;

  stream->n_segments += GST_EVENT_TYPE (info->data) == GST_EVENT_SEGMENT;
  stream->n_caps += GST_EVENT_TYPE (info->data) == GST_EVENT_CAPS;
  return GST_PAD_PROBE_OK;
}

static GstElement *
pipeline_new (const gchar *root, const gchar *options, Stream *stream)
{
  g_autofree gchar *source = launch_line (root, options);
  g_autofree gchar *line = g_strdup_printf ("%s ! fakesink name=sink signal-handoffs=true", source);
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");

  g_assert_no_error (error);
  g_signal_connect (sink, "handoff", G_CALLBACK (see), stream);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, count_event, stream, NULL);
  return pipeline;
}

static void
play (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
}

static void
pipeline_free (GstElement *pipeline)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

/* a: 12 slices of 16 bits; b: 5, wider, of 8 bits; c: 3 like those of a. */
static gchar *
write_scans (void)
{
  gchar *root = fixture_folder_new ();
  Fixture wide = slice_form, wide_label = label_form;

  wide.width = wide_label.width = 30;
  wide.bits = 8;
  write_files (root, "a/images", "img", "", 0, 12, &slice_form);
  write_files (root, "a/labels", "img", "", 0, 12, &label_form);
  write_files (root, "b/images", "img", "", 0, 5, &wide);
  write_files (root, "b/labels", "img", "_label", 0, 5, &wide_label);
  write_files (root, "c/images", "img", "", 0, 3, &slice_form);
  write_files (root, "c/labels", "truth", "", 0, 3, &label_form);
  return root;
}

static void
assert_volume (const Seen *seen, const gchar *id, guint count, guint width, const gchar *format, guint labels)
{
  g_assert_cmpstr (seen->id, ==, id);
  g_assert_cmpuint (seen->count, ==, count);
  g_assert_cmpuint (seen->depth, ==, count);
  g_assert_cmpuint (seen->first, ==, 0);
  g_assert_cmpuint (seen->last, ==, count - 1);
  g_assert_cmpuint (seen->width, ==, width);
  g_assert_cmpint (seen->caps_width, ==, (gint) width);
  g_assert_cmpstr (seen->format, ==, format);
  g_assert_cmpuint (seen->labels, ==, labels);
  g_assert_false (seen->wrong);
}

/* Volume behind volume, without a gap in running time; twice, since what is started again begins again. */
static void
test_volumes (void)
{
  static const gchar *const more[] = {"", "read-ahead=0", "read-ahead=20 threads=3"};
  gchar *root = write_scans ();

  for (guint i = 0; i < G_N_ELEMENTS (more); i++) {
    Stream stream = {0};
    g_autofree gchar *options =
        g_strdup_printf ("framerate=1000/1 location=\"%%R/a/images;%%R/b/images;%%R/c/images\" "
                         "labels=\"%%R/a/labels;%%R/b/labels;%%R/c/labels\" %s",
                         more[i]);
    GstElement *pipeline = pipeline_new (root, options, &stream);

    for (guint turn = 0; turn < 2; turn++) {
      play (pipeline);
      g_assert_cmpuint (stream.count, ==, 3);
      g_assert_cmpuint (stream.n_segments, ==, 3);
      g_assert_cmpuint (stream.n_caps, ==, 3);
      assert_volume (&stream.volumes[0], "a", 12, WIDTH, "GRAY16_LE", 12);
      assert_volume (&stream.volumes[1], "b", 5, 30, "GRAY8", 5);
      assert_volume (&stream.volumes[2], "c", 3, WIDTH, "GRAY16_LE", 3);
      for (guint k = 0; k < 3; k++)
        g_assert_cmpuint (stream.volumes[k].start, ==, k ? stream.volumes[k - 1].end : 0);
      g_assert_cmpuint (stream.volumes[2].end, ==, 20 * GST_MSECOND);
      gst_element_set_state (pipeline, GST_STATE_READY);
      stream_clear (&stream);
    }
    pipeline_free (pipeline);
  }
  fixture_folder_free (root);
}

/* Volumes called alike can be told apart, and share caps where they are alike. */
static void
test_ids (void)
{
  static const struct {
    const gchar *options;
    const gchar *ids[3];
  } cases[] = {
      {"location=\"%R/a/images;%R/a/images;%R/c/images\"", {"a", "a#2", "c"}},
      {"location=\"%R/c/images;%R/a/images;%R/c/images\" id=x", {"x", "x#2", "x#3"}},
  };
  gchar *root = write_scans ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Stream stream = {0};
    GstElement *pipeline = pipeline_new (root, cases[i].options, &stream);

    play (pipeline);
    g_assert_cmpuint (stream.count, ==, 3);
    g_assert_cmpuint (stream.n_caps, ==, 1);
    for (guint k = 0; k < 3; k++)
      g_assert_cmpstr (stream.volumes[k].id, ==, cases[i].ids[k]);
    pipeline_free (pipeline);
    stream_clear (&stream);
  }
  fixture_folder_free (root);
}

static void
test_part (void)
{
  gchar *root = write_scans ();
  Stream stream = {0};
  GstElement *pipeline = pipeline_new (
      root, "location=\"%R/a/images;%R/b/images\" start-index=1 stop-index=4 crop=3,2,9,10", &stream);

  play (pipeline);
  g_assert_cmpuint (stream.count, ==, 2);
  assert_volume (&stream.volumes[0], "a", 4, 9, "GRAY16_LE", 0);
  assert_volume (&stream.volumes[1], "b", 4, 9, "GRAY8", 0);
  pipeline_free (pipeline);
  stream_clear (&stream);
  fixture_folder_free (root);
}

/* What is called like all of the text is not cut in two; neither is a pattern that matches. */
static void
test_semicolons (void)
{
  static const gchar *const locations[] = {"%R/a;b", "%R/a;b/*.tif", "%R/a;b/img0.tif"};
  gchar *root = write_scans ();

  write_files (root, "a;b", "img", "", 0, 1, &slice_form);
  write_files (root, "t;u", "img", "", 0, 1, &label_form);
  for (guint i = 0; i < G_N_ELEMENTS (locations); i++) {
    Stream stream = {0};
    g_autofree gchar *options = g_strdup_printf ("location=\"%s\" labels=\"%%R/t;u\"", locations[i]);
    GstElement *pipeline = pipeline_new (root, options, &stream);

    play (pipeline);
    g_assert_cmpuint (stream.count, ==, 1);
    assert_volume (&stream.volumes[0], "a;b", 1, WIDTH, "GRAY16_LE", 1);
    pipeline_free (pipeline);
    stream_clear (&stream);
  }
  fixture_folder_free (root);
}

/* It says that it cannot be sought, and means it; a single volume of a list of one can. */
static void
test_no_seek (void)
{
  gchar *root = write_scans ();
  Stream stream = {0};
  GstElement *pipeline = pipeline_new (root, "location=\"%R/a/images;%R/b/images\"", &stream);
  g_autoptr (GstQuery) seeking = gst_query_new_seeking (GST_FORMAT_TIME);
  gboolean seekable = TRUE;
  gint64 duration;

  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  gst_element_get_state (pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
  g_assert_true (gst_element_query (pipeline, seeking));
  gst_query_parse_seeking (seeking, NULL, &seekable, NULL, NULL);
  g_assert_false (seekable);
  g_assert_true (gst_element_query_duration (pipeline, GST_FORMAT_DEFAULT, &duration));
  g_assert_cmpint (duration, ==, 12);
  for (guint flags = 0; flags < 2; flags++) {
    g_assert_false (gst_element_seek (pipeline, 1., GST_FORMAT_DEFAULT,
                                      flags ? GST_SEEK_FLAG_FLUSH : GST_SEEK_FLAG_NONE, GST_SEEK_TYPE_SET, 3,
                                      GST_SEEK_TYPE_NONE, -1));
  }
  play (pipeline);
  g_assert_cmpuint (stream.count, ==, 2);
  assert_volume (&stream.volumes[0], "a", 12, WIDTH, "GRAY16_LE", 0);
  assert_volume (&stream.volumes[1], "b", 5, 30, "GRAY8", 0);
  pipeline_free (pipeline);
  stream_clear (&stream);
  fixture_folder_free (root);
}

static void
test_refused (void)
{
  static const struct {
    const gchar *options;
    gboolean settings;
    const gchar *words[4];
  } cases[] = {
      {"location=\"%R/a/images;\"", TRUE, {"location: entry 2 of the list is empty", NULL}},
      {"location=\";%R/a/images\"", TRUE, {"location: entry 1 of the list is empty", NULL}},
      {"location=\"%R/a/images;%R/b/images\" labels=\"%R/a/labels;\"",
       TRUE,
       {"labels: entry 2 of the list is empty", NULL}},
      {"location=\"%R/a/images;%R/b/images\" labels=%R/a/labels",
       TRUE,
       {"labels names 1 stacks", "location 2", "in the same order", NULL}},
      {"location=%R/a/images labels=\"%R/a/labels;%R/b/labels\"",
       TRUE,
       {"labels names 2 stacks", "location 1", NULL}},
      {"location=\"%R/a/images;%R/c/images\" start-index=3", TRUE, {"c/images\" has slices 0 to 2", NULL}},
      {"location=\"%R/a/images;%R/b/images\" crop=20,0,5,5", TRUE, {"within slices of 21 x 14", NULL}},
      {"location=\"%R/a/images;%R/c/images\" labels=\"%R/a/labels;%R/b/labels\"",
       FALSE,
       {"b/labels\": labels are 30 x 14 pixels", "img0.tif\") 21 x 14", NULL}},
  };
  static const gchar *const unfound[][3] = {
      {"location=\"%R/a/images;%R/empty\"", "empty\": there is no *.tif or *.tiff in this folder"},
      {"location=\"%R/empty;%R/a/images\"", "empty\": there is no *.tif or *.tiff in this folder"},
      {"location=\"%R/a/images;%R/b/images\" labels=\"%R/a/labels;%R/empty\"", "empty\": there is no *.tif"},
      {"location=\"%R/a/images;%R/none\"", "none"},
      {"location=\"%R/a/images;%R/b/images\" follow=true", "a folder is followed"},
  };
  gchar *root = write_scans ();
  g_autofree gchar *empty = g_build_filename (root, "empty", NULL);

  g_mkdir (empty, 0700);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused (root, cases[i].options, cases[i].settings ? GST_LIBRARY_ERROR : GST_STREAM_ERROR,
                    cases[i].settings ? (gint) GST_LIBRARY_ERROR_SETTINGS : (gint) GST_STREAM_ERROR_FORMAT,
                    cases[i].words, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (unfound); i++)
    assert_refused (root, unfound[i][0], GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND,
                    (const gchar *const[]){unfound[i][1], NULL}, TRUE);
  fixture_folder_free (root);
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

static void
count_buffer (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  g_atomic_int_inc ((gint *) user_data);
}

/* Down, up and flushed at any moment, whichever volume is under way: nothing hangs or errs, and it starts anew. */
static void
test_states (void)
{
  gchar *root = write_scans ();
  g_autoptr (GRand) random = g_rand_new_with_seed (11);

  for (guint run = 0; run < 60; run++) {
    Stream stream = {0};
    g_autofree gchar *options =
        g_strdup_printf ("framerate=2000/1 read-ahead=%u location=\"%%R/c/images;%%R/b/images;%%R/c/images\" "
                         "labels=\"%%R/c/labels;%%R/b/labels;%%R/c/labels\"",
                         run % 3 * 4);
    GstElement *pipeline = pipeline_new (root, options, &stream);
    g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
    g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "voxelsrc0");
    gint count = 0;

    g_signal_handlers_block_by_func (sink, see, &stream);
    g_signal_connect (sink, "handoff", G_CALLBACK (count_buffer), &count);
    g_object_set (sink, "sync", run % 2 == 0, NULL);
    for (guint step = 0; step < 4; step++) {
      static const GstState states[] = {GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_PLAYING,
                                        GST_STATE_PLAYING};
      gboolean flush = g_rand_int_range (random, 0, 3) == 0;

      if (flush) {
        gst_element_send_event (source, gst_event_new_flush_start ());
        gst_element_send_event (source, gst_event_new_flush_stop (TRUE));
      } else {
        gst_element_set_state (pipeline, states[g_rand_int_range (random, 0, G_N_ELEMENTS (states))]);
      }
      g_usleep ((gulong) g_rand_int_range (random, 0, 6000));
    }
    drain (pipeline);
    gst_element_set_state (pipeline, GST_STATE_NULL);
    g_signal_handlers_unblock_by_func (sink, see, &stream);
    g_atomic_int_set (&count, 0);
    play (pipeline);
    g_assert_cmpint (g_atomic_int_get (&count), ==, 11);
    g_assert_cmpuint (stream.count, ==, 3);
    assert_volume (&stream.volumes[1], "b", 5, 30, "GRAY8", 5);
    assert_volume (&stream.volumes[2], "c#2", 3, WIDTH, "GRAY16_LE", 3);
    pipeline_free (pipeline);
    stream_clear (&stream);
  }
  fixture_folder_free (root);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voxelsrc-lists/volumes", test_volumes);
  g_test_add_func ("/voxelsrc-lists/ids", test_ids);
  g_test_add_func ("/voxelsrc-lists/part", test_part);
  g_test_add_func ("/voxelsrc-lists/semicolons", test_semicolons);
  g_test_add_func ("/voxelsrc-lists/no-seek", test_no_seek);
  g_test_add_func ("/voxelsrc-lists/refused", test_refused);
  g_test_add_func ("/voxelsrc-lists/states", test_states);
  return g_test_run ();
}
