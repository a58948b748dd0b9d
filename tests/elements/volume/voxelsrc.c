/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <unistd.h>

#include <gst/check/gstharness.h>

#include "elements/stream/voxel.h"
#include "tiff-fixture.h"

#define SLICES 12
#define WIDTH 21
#define HEIGHT 14

static const Fixture form = {.width = WIDTH, .height = HEIGHT, .bits = 16, .photometric = 1};

/* A folder "scan/images" with img0.tif .. img11.tif, slice k of the values of page k. */
static gchar *
write_scan (const Fixture *fixture)
{
  gchar *root = fixture_folder_new ();
  g_autofree gchar *folder = g_build_filename (root, "scan", "images", NULL);

  g_mkdir_with_parents (folder, 0700);
  for (guint i = 0; i < SLICES; i++) {
    g_autofree gchar *name = g_strdup_printf ("img%u.tif", i);
    Fixture slice = *fixture;

    slice.first_value = i * 1000;
    g_free (fixture_write (folder, name, &slice));
  }
  return root;
}

static gchar *
launch_line (const gchar *root, const gchar *more)
{
  return g_strdup_printf ("voxelsrc name=voxelsrc0 location=\"%s/scan/images\" %s", root, more);
}

static GstHarness *
harness_new (const gchar *root, const gchar *more)
{
  g_autofree gchar *line = launch_line (root, more);
  GstHarness *harness = gst_harness_new_parse (line);

  gst_harness_play (harness);
  return harness;
}

static void
assert_pixels (GstBuffer *buffer, const Fixture *fixture, guint slice, guint x0, guint y0, guint width,
               guint height)
{
  guint bytes = fixture->bits > 8 ? 2 : 1;
  gsize stride = (gsize) (width * bytes + 3) / 4 * 4;
  Fixture shifted = *fixture;
  GstMapInfo map;

  shifted.first_value = slice * 1000;
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_cmpuint (map.size, ==, stride * height);
  for (guint y = 0; y < height; y++) {
    for (guint x = 0; x < width; x++) {
      const guint8 *at = map.data + y * stride + x * bytes;

      g_assert_cmpuint (bytes == 2 ? GST_READ_UINT16_LE (at) : *at, ==,
                        fixture_expected (&shifted, 0, x0 + x, y0 + y));
    }
    for (gsize k = width * bytes; k < stride; k++)
      g_assert_cmpuint (map.data[y * stride + k], ==, 0);
  }
  gst_buffer_unmap (buffer, &map);
}

static void
test_slices (void)
{
  static const gchar *const options[] = {"", "read-ahead=0", "read-ahead=20 threads=3",
                                         "read-ahead=1 threads=1"};
  gchar *root = write_scan (&form);

  for (guint option = 0; option < G_N_ELEMENTS (options); option++) {
    GstHarness *harness = harness_new (root, options[option]);

    for (guint i = 0; i < SLICES; i++) {
      g_autoptr (GstBuffer) buffer = gst_harness_pull (harness);
      GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
      g_autofree gchar *name = g_strdup_printf ("img%u", i);

      g_assert_nonnull (slice);
      g_assert_cmpuint (slice->index, ==, i);
      g_assert_cmpuint (slice->first, ==, 0);
      g_assert_cmpuint (slice->last, ==, SLICES - 1);
      g_assert_cmpint (slice->axis, ==, GST_VOXEL_AXIS_Z);
      g_assert_cmpint (slice->content, ==, GST_VOXEL_CONTENT_INTENSITY);
      g_assert_cmpstr (slice->volume->id, ==, "scan");
      g_assert_cmpstr (slice->volume->names[i], ==, name);
      g_assert_cmpuint (slice->volume->shape[0], ==, SLICES);
      g_assert_cmpuint (slice->volume->shape[1], ==, HEIGHT);
      g_assert_cmpuint (slice->volume->shape[2], ==, WIDTH);
      g_assert_cmpuint (slice->volume->bits, ==, 16);
      g_assert_cmpuint (GST_BUFFER_OFFSET (buffer), ==, i);
      g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, i * (GST_SECOND / 25));
      g_assert_cmpuint (GST_BUFFER_DURATION (buffer), ==, GST_SECOND / 25);
      assert_pixels (buffer, &form, i, 0, 0, WIDTH, HEIGHT);
    }
    while (TRUE) {
      g_autoptr (GstEvent) event = gst_harness_pull_event (harness);

      g_assert_nonnull (event);
      if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
        break;
    }
    gst_harness_teardown (harness);
  }
  fixture_folder_free (root);
}

static void
test_part (void)
{
  gchar *root = write_scan (&form);
  GstHarness *harness =
      harness_new (root, "start-index=3 stop-index=6 crop=2,3,10,7 spacing=1.5,2,2.5 id=part framerate=1/2");

  for (guint i = 0; i < 4; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (harness);
    GstVoxelVolume *volume = gst_buffer_get_voxel_slice_meta (buffer)->volume;

    g_assert_cmpuint (gst_buffer_get_voxel_slice_meta (buffer)->index, ==, i);
    g_assert_cmpuint (gst_buffer_get_voxel_slice_meta (buffer)->last, ==, 3);
    g_assert_cmpuint (volume->shape[0], ==, 4);
    g_assert_cmpuint (volume->origin[0], ==, 3);
    g_assert_cmpuint (volume->origin[1], ==, 3);
    g_assert_cmpuint (volume->origin[2], ==, 2);
    g_assert_cmpfloat (volume->spacing[0], ==, 1.5);
    g_assert_cmpfloat (volume->spacing[2], ==, 2.5);
    g_assert_cmpstr (volume->id, ==, "part");
    g_assert_cmpstr (volume->names[0], ==, "img3");
    g_assert_null (volume->names[4]);
    g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, i * 2 * GST_SECOND);
    assert_pixels (buffer, &form, i + 3, 2, 3, 10, 7);
  }
  gst_harness_teardown (harness);
  fixture_folder_free (root);
}

static void
test_masks (void)
{
  static const guint depths[] = {1, 8, 12, 16};

  for (guint i = 0; i < G_N_ELEMENTS (depths); i++) {
    Fixture fixture = form;
    gchar *root;
    GstHarness *harness;
    g_autoptr (GstBuffer) buffer = NULL;
    g_autoptr (GstCaps) caps = NULL;
    GstMapInfo map;

    fixture.bits = depths[i];
    root = write_scan (&fixture);
    harness = harness_new (root, depths[i] == 1 ? "" : "content=mask");
    buffer = gst_harness_pull (harness);
    caps = gst_pad_get_current_caps (harness->sinkpad);
    g_assert_cmpstr (gst_structure_get_string (gst_caps_get_structure (caps, 0), "format"), ==, "GRAY8");
    g_assert_cmpint (gst_buffer_get_voxel_slice_meta (buffer)->content, ==, GST_VOXEL_CONTENT_MASK);
    gst_buffer_map (buffer, &map, GST_MAP_READ);
    for (guint y = 0; y < HEIGHT; y++)
      for (guint x = 0; x < WIDTH; x++)
        g_assert_cmpuint (map.data[y * 24 + x], ==, fixture_expected (&fixture, 0, x, y) ? 255 : 0);
    gst_buffer_unmap (buffer, &map);
    gst_harness_teardown (harness);
    fixture_folder_free (root);
  }
}

typedef struct {
  guint first;
  guint last;
  guint next;
  guint count;
  guint64 serial;
  gboolean wrong;
} Seen;

static void
see (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  Seen *seen = user_data;

  if (seen->count == 0 || slice->volume->serial != seen->serial)
    seen->next = slice->first;
  seen->wrong |= slice->index != seen->next;
  seen->next = slice->index + 1;
  seen->first = slice->first;
  seen->last = slice->last;
  seen->serial = slice->volume->serial;
  seen->count++;
}

static GstElement *
pipeline_new (const gchar *root, const gchar *more, Seen *seen)
{
  g_autofree gchar *source = launch_line (root, more);
  g_autofree gchar *line = g_strdup_printf ("%s ! fakesink name=sink signal-handoffs=true", source);
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");

  g_assert_no_error (error);
  g_signal_connect (sink, "handoff", G_CALLBACK (see), seen);
  return pipeline;
}

static void
settle (GstElement *pipeline, GstState state)
{
  gst_element_set_state (pipeline, state);
  g_assert_cmpint (gst_element_get_state (pipeline, NULL, NULL, GST_CLOCK_TIME_NONE), ==,
                   GST_STATE_CHANGE_SUCCESS);
}

static void
play_until (GstElement *pipeline, GstMessageType type)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, type | GST_MESSAGE_ERROR);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, type);
}

static void
pipeline_free (GstElement *pipeline)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

static void
test_queries (void)
{
  Seen seen = {0};
  gchar *root = write_scan (&form);
  GstElement *pipeline = pipeline_new (root, "framerate=30/1", &seen);
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "voxelsrc0");
  g_autoptr (GstQuery) seeking = gst_query_new_seeking (GST_FORMAT_DEFAULT);
  gint64 value, begin, end;
  gboolean seekable;

  g_assert_false (gst_element_query_duration (source, GST_FORMAT_TIME, &value));
  g_assert_false (gst_element_query_convert (source, GST_FORMAT_DEFAULT, 1, GST_FORMAT_TIME, &value));
  settle (pipeline, GST_STATE_PAUSED);
  g_assert_true (gst_element_query_duration (pipeline, GST_FORMAT_DEFAULT, &value));
  g_assert_cmpint (value, ==, SLICES);
  g_assert_true (gst_element_query_duration (pipeline, GST_FORMAT_TIME, &value));
  g_assert_cmpint (value, ==, SLICES * GST_SECOND / 30);
  for (gint64 i = 0; i < 100; i++) {
    g_assert_true (gst_element_query_convert (pipeline, GST_FORMAT_DEFAULT, i, GST_FORMAT_TIME, &value));
    g_assert_cmpint (value, ==, i * (gint64) GST_SECOND / 30);
    g_assert_true (gst_element_query_convert (pipeline, GST_FORMAT_TIME, value, GST_FORMAT_DEFAULT, &value));
    g_assert_cmpint (value, ==, i);
  }
  g_assert_true (gst_element_query (pipeline, seeking));
  gst_query_parse_seeking (seeking, NULL, &seekable, &begin, &end);
  g_assert_true (seekable);
  g_assert_cmpint (begin, ==, 0);
  g_assert_cmpint (end, ==, SLICES);
  pipeline_free (pipeline);
  fixture_folder_free (root);
}

static void
test_seeks (void)
{
  static const struct {
    GstFormat format;
    gint64 start, stop;
    guint first, last;
  } cases[] = {
      {GST_FORMAT_DEFAULT, 3, 7, 3, 6},
      {GST_FORMAT_DEFAULT, 11, -1, 11, 11},
      {GST_FORMAT_DEFAULT, 0, 100, 0, SLICES - 1},
      {GST_FORMAT_TIME, 4 * GST_SECOND / 30, 5 * GST_SECOND / 30, 4, 4},
      {GST_FORMAT_TIME, 4 * GST_SECOND / 30 + 5, 5 * GST_SECOND / 30 + 1, 4, 5},
  };
  gchar *root = write_scan (&form);

  for (guint i = 0; i < G_N_ELEMENTS (cases) * 2; i++) {
    Seen seen = {0};
    GstElement *pipeline =
        pipeline_new (root, i % 2 ? "framerate=30/1 read-ahead=0" : "framerate=30/1", &seen);
    gint64 stop = cases[i / 2].stop;
    guint first = cases[i / 2].first, last = cases[i / 2].last;

    settle (pipeline, GST_STATE_PAUSED);
    g_assert_true (gst_element_seek (pipeline, 1., cases[i / 2].format, GST_SEEK_FLAG_FLUSH,
                                     GST_SEEK_TYPE_SET, cases[i / 2].start,
                                     stop < 0 ? GST_SEEK_TYPE_NONE : GST_SEEK_TYPE_SET, stop));
    settle (pipeline, GST_STATE_PAUSED);
    /* The slice of the first preroll may be handed on or not. */
    play_until (pipeline, GST_MESSAGE_EOS);
    g_assert_cmpuint (seen.first, ==, first);
    g_assert_cmpuint (seen.last, ==, last);
    g_assert_cmpuint (seen.next, ==, last + 1);
    g_assert_cmpuint (seen.count, >=, last - first + 1);
    g_assert_false (seen.wrong);
    pipeline_free (pipeline);
  }
  fixture_folder_free (root);
}

static void
test_segments (void)
{
  Seen seen = {0};
  gchar *root = write_scan (&form);
  GstElement *pipeline = pipeline_new (root, "framerate=1000/1", &seen);
  const GstSeekFlags flags = GST_SEEK_FLAG_SEGMENT;

  settle (pipeline, GST_STATE_PAUSED);
  g_assert_true (gst_element_seek (pipeline, 1., GST_FORMAT_DEFAULT, flags | GST_SEEK_FLAG_FLUSH,
                                   GST_SEEK_TYPE_SET, 2, GST_SEEK_TYPE_SET, 5));
  settle (pipeline, GST_STATE_PAUSED);
  seen = (Seen){0};
  play_until (pipeline, GST_MESSAGE_SEGMENT_DONE);
  for (guint run = 0; run < 3; run++) {
    guint64 before = seen.serial;

    g_assert_cmpuint (seen.next, ==, 5);
    g_assert_cmpuint (seen.first, ==, 2);
    g_assert_cmpuint (seen.last, ==, 4);
    g_assert_true (gst_element_seek (pipeline, 1., GST_FORMAT_DEFAULT, flags, GST_SEEK_TYPE_SET, 2,
                                     GST_SEEK_TYPE_SET, 5));
    play_until (pipeline, GST_MESSAGE_SEGMENT_DONE);
    g_assert_cmpuint (seen.serial, !=, before);
  }
  g_assert_cmpuint (seen.count, >=, 3 * 3);
  g_assert_false (seen.wrong);
  pipeline_free (pipeline);
  fixture_folder_free (root);
}

static void
test_no_reverse (void)
{
  Seen seen = {0};
  gchar *root = write_scan (&form);
  GstElement *pipeline = pipeline_new (root, "", &seen);

  settle (pipeline, GST_STATE_PAUSED);
  g_assert_false (gst_element_seek (pipeline, -1., GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 0,
                                    GST_SEEK_TYPE_SET, GST_SECOND / 5));
  play_until (pipeline, GST_MESSAGE_EOS);
  g_assert_cmpuint (seen.next, ==, SLICES);
  pipeline_free (pipeline);
  fixture_folder_free (root);
}

static void
assert_error (GstElement *pipeline, GQuark domain, gint code, const gchar *words)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  g_test_message ("%s", error->message);
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_settings_refused (void)
{
  static const struct {
    const gchar *options;
    const gchar *words;
  } cases[] = {
      {"start-index=12", "slices 0 to 11"},
      {"start-index=5 stop-index=4", "slices 0 to 11"},
      {"stop-index=12", "slices 0 to 11"},
      {"crop=0,0,22,14", "within slices of 21 x 14"},
      {"crop=20,13,2,1", "within slices"},
      {"crop=-1,0,2,2", "within slices"},
      {"crop=1,2,3", "expected x,y,width,height"},
      {"crop=0,0,2,2,2", "expected x,y,width,height"},
      {"spacing=1,2", "expected z,y,x"},
      {"spacing=1,2,-3", "expected z,y,x"},
      {"location=\"\"", "No location"},
  };
  gchar *root = write_scan (&form);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Seen seen = {0};
    GstElement *pipeline = pipeline_new (root, cases[i].options, &seen);

    assert_error (pipeline, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, cases[i].words);
    g_assert_cmpuint (seen.count, ==, 0);
    pipeline_free (pipeline);
  }
  fixture_folder_free (root);
}

static void
test_stacks_refused (void)
{
  gchar *root = write_scan (&form);
  g_autofree gchar *folder = g_build_filename (root, "scan", "images", NULL);
  g_autofree gchar *odd = g_build_filename (folder, "img5.tif", NULL);
  g_autofree gchar *missing = g_strdup_printf ("location=\"%s/none-*.tif\"", folder);
  Fixture other = form;
  Seen seen = {0};
  GstElement *pipeline = pipeline_new (root, missing, &seen);

  assert_error (pipeline, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND, "none-*.tif");
  pipeline_free (pipeline);

  other.width++;
  g_free (fixture_write (folder, "img5.tif", &other));
  pipeline = pipeline_new (root, "", &seen);
  assert_error (pipeline, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
                "img5.tif\" is 22 x 14 pixels of 16 bits, but");
  pipeline_free (pipeline);

  g_file_set_contents (odd, "no slice", -1, NULL);
  pipeline = pipeline_new (root, "", &seen);
  assert_error (pipeline, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE, "img5.tif");
  pipeline_free (pipeline);

  g_assert_cmpint (truncate (odd, 0), ==, 0);
  pipeline = pipeline_new (root, "", &seen);
  assert_error (pipeline, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE, "img5.tif\": is empty");
  pipeline_free (pipeline);
  g_assert_cmpuint (seen.count, ==, 0);
  fixture_folder_free (root);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voxelsrc/slices", test_slices);
  g_test_add_func ("/voxelsrc/part", test_part);
  g_test_add_func ("/voxelsrc/masks", test_masks);
  g_test_add_func ("/voxelsrc/queries", test_queries);
  g_test_add_func ("/voxelsrc/seeks", test_seeks);
  g_test_add_func ("/voxelsrc/segments", test_segments);
  g_test_add_func ("/voxelsrc/no-reverse", test_no_reverse);
  g_test_add_func ("/voxelsrc/settings-refused", test_settings_refused);
  g_test_add_func ("/voxelsrc/stacks-refused", test_stacks_refused);
  return g_test_run ();
}
