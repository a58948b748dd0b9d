/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <gst/check/gstharness.h>

#include "elements/stream/voxel.h"

#define CAPS(format, width) "video/x-raw,format=" format ",width=" width ",height=6,framerate=10/1"

static GstHarness *
harness_new (const gchar *options, const gchar *caps)
{
  g_autofree gchar *line = g_strdup_printf ("voxelstamp %s", options);
  GstHarness *harness = gst_harness_new_parse (line);

  gst_harness_set_src_caps_str (harness, caps);
  return harness;
}

static GstBuffer *
frame_new (guint64 offset)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 8 * 6 * 2, NULL);

  gst_buffer_memset (buffer, 0, 7, 8 * 6 * 2);
  GST_BUFFER_OFFSET (buffer) = offset;
  return buffer;
}

/* Pushes a frame and gives the meta it got; the buffer lives until the next call. */
static GstVoxelSliceMeta *
stamp (GstHarness *harness, guint64 offset)
{
  static GstBuffer *last = NULL;

  gst_clear_buffer (&last);
  g_assert_cmpint (gst_harness_push (harness, frame_new (offset)), ==, GST_FLOW_OK);
  last = gst_harness_pull (harness);
  return gst_buffer_get_voxel_slice_meta (last);
}

static GstBus *
watch (GstHarness *harness)
{
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (harness->element, bus);
  return bus;
}

static void
assert_message (GstBus *bus, GstMessageType type, const gchar *words)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, type);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (message);
  if (type == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  else
    gst_message_parse_warning (message, &error, NULL);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_counted (void)
{
  GstHarness *harness = harness_new ("count=3 id=scan spacing=1,2,3 bits=12", CAPS ("GRAY16_LE", "8"));
  guint64 serials[3];

  for (guint i = 0; i < 9; i++) {
    GstVoxelSliceMeta *slice = stamp (harness, GST_BUFFER_OFFSET_NONE);
    g_autofree gchar *id = i < 3 ? g_strdup ("scan") : g_strdup_printf ("scan-%u", i / 3 + 1);

    g_assert_cmpuint (slice->index, ==, i % 3);
    g_assert_cmpuint (slice->first, ==, 0);
    g_assert_cmpuint (slice->last, ==, 2);
    g_assert_cmpstr (slice->volume->id, ==, id);
    g_assert_cmpuint (slice->volume->shape[0], ==, 3);
    g_assert_cmpuint (slice->volume->shape[1], ==, 6);
    g_assert_cmpuint (slice->volume->shape[2], ==, 8);
    g_assert_cmpfloat (slice->volume->spacing[1], ==, 2.);
    g_assert_cmpuint (slice->volume->bits, ==, 12);
    g_assert_cmpint (slice->content, ==, GST_VOXEL_CONTENT_INTENSITY);
    serials[i / 3] = slice->volume->serial;
  }
  g_assert_cmpuint (serials[0], !=, serials[1]);
  g_assert_cmpuint (serials[1], !=, serials[2]);
  g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
  gst_harness_teardown (harness);
}

static void
test_live (void)
{
  GstHarness *harness = harness_new ("axis=y content=mask", CAPS ("GRAY8", "12"));

  for (guint i = 0; i < 5; i++) {
    GstVoxelSliceMeta *slice = stamp (harness, GST_BUFFER_OFFSET_NONE);

    g_assert_cmpuint (slice->index, ==, i);
    g_assert_cmpuint (slice->last, ==, GST_VOXEL_INDEX_UNKNOWN);
    g_assert_cmpint (slice->axis, ==, GST_VOXEL_AXIS_Y);
    g_assert_cmpint (slice->content, ==, GST_VOXEL_CONTENT_MASK);
    g_assert_cmpuint (slice->volume->shape[1], ==, 0);
    g_assert_cmpuint (slice->volume->shape[2], ==, 6);
    g_assert_cmpuint (slice->volume->shape[0], ==, 12);
    g_assert_cmpuint (slice->volume->bits, ==, 8);
  }
  g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
  gst_harness_teardown (harness);
}

static void
test_offsets (void)
{
  GstHarness *harness = harness_new ("count=4 index=offset", CAPS ("GRAY16_LE", "8"));
  g_autoptr (GstBus) bus = watch (harness);

  g_assert_cmpuint (stamp (harness, 100)->index, ==, 0);
  g_assert_cmpuint (stamp (harness, 101)->index, ==, 1);
  g_assert_null (gst_bus_peek (bus));
  g_assert_cmpuint (stamp (harness, 103)->index, ==, 3);
  assert_message (bus, GST_MESSAGE_WARNING, "Slices 2 to 2");
  g_assert_cmpuint (stamp (harness, 105)->index, ==, 1);
  assert_message (bus, GST_MESSAGE_WARNING, "Slices 0 to 0");
  g_assert_cmpint (gst_harness_push (harness, frame_new (104)), ==, GST_FLOW_ERROR);
  assert_message (bus, GST_MESSAGE_ERROR, "Frame 104 came where 106");
  g_assert_cmpint (gst_harness_push (harness, frame_new (GST_BUFFER_OFFSET_NONE)), ==, GST_FLOW_ERROR);
  assert_message (bus, GST_MESSAGE_ERROR, "index=counter");
  g_assert_cmpint (gst_harness_push (harness, frame_new (109)), ==, GST_FLOW_ERROR);
  assert_message (bus, GST_MESSAGE_ERROR, "Slices 2 to 3");
  gst_element_set_bus (harness->element, NULL);
  gst_harness_teardown (harness);
}

static void
test_ends_early (void)
{
  GstHarness *harness = harness_new ("count=4 id=k1", CAPS ("GRAY8", "8"));
  g_autoptr (GstBus) bus = watch (harness);

  stamp (harness, 0);
  g_assert_false (gst_harness_push_event (harness, gst_event_new_eos ()));
  assert_message (bus, GST_MESSAGE_ERROR, "Slices 1 to 3 of volume \"k1\"");
  gst_element_set_bus (harness->element, NULL);
  gst_harness_teardown (harness);
}

static void
test_flush (void)
{
  GstHarness *harness = harness_new ("count=4", CAPS ("GRAY8", "8"));
  guint64 serial = stamp (harness, 0)->volume->serial;
  GstSegment segment;

  stamp (harness, 1);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (harness, gst_event_new_flush_start ());
  gst_harness_push_event (harness, gst_event_new_flush_stop (TRUE));
  gst_harness_push_event (harness, gst_event_new_segment (&segment));
  for (guint i = 0; i < 4; i++) {
    GstVoxelSliceMeta *slice = stamp (harness, 0);

    g_assert_cmpuint (slice->index, ==, i);
    g_assert_cmpuint (slice->volume->serial, !=, serial);
    g_assert_cmpstr (slice->volume->id, ==, "volume");
  }
  g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
  gst_harness_teardown (harness);
}

static void
test_sizes (void)
{
  GstHarness *harness = harness_new ("", CAPS ("GRAY8", "8"));
  guint64 serial = stamp (harness, 0)->volume->serial;
  GstVoxelSliceMeta *slice;
  g_autoptr (GstBus) bus = NULL;

  gst_harness_set_src_caps_str (harness, CAPS ("GRAY8", "12"));
  slice = stamp (harness, 0);
  g_assert_cmpuint (slice->volume->serial, !=, serial);
  g_assert_cmpuint (slice->volume->shape[2], ==, 12);
  g_assert_cmpuint (slice->index, ==, 0);
  gst_harness_teardown (harness);

  harness = harness_new ("count=2", CAPS ("GRAY8", "8"));
  bus = watch (harness);
  stamp (harness, 0);
  gst_harness_set_src_caps_str (harness, CAPS ("GRAY8", "12"));
  g_assert_cmpint (gst_harness_push (harness, frame_new (0)), !=, GST_FLOW_OK);
  assert_message (bus, GST_MESSAGE_ERROR, "8 x 6 to 12 x 6 pixels (or their depth) after 1 of 2");
  gst_element_set_bus (harness->element, NULL);
  gst_harness_teardown (harness);
}

static void
test_present (void)
{
  for (guint force = 0; force < 2; force++) {
    GstHarness *harness = harness_new (force ? "force=true count=1" : "count=7", CAPS ("GRAY8", "8"));
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("before", 9, 6, 8, 8);
    GstBuffer *buffer = frame_new (0);
    GstVoxelSliceMeta *slice;

    gst_buffer_add_voxel_slice_meta (buffer, volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_INTENSITY, 5, 0, 8);
    gst_harness_push (harness, buffer);
    buffer = gst_harness_pull (harness);
    slice = gst_buffer_get_voxel_slice_meta (buffer);
    g_assert_cmpstr (slice->volume->id, ==, force ? "volume" : "before");
    g_assert_cmpuint (slice->index, ==, force ? 0 : 5);
    g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
    gst_buffer_unref (buffer);
    gst_harness_teardown (harness);
  }
}

static void
test_times (void)
{
  GstHarness *harness = harness_new ("count=2", CAPS ("GRAY8", "8"));

  for (guint i = 0; i < 4; i++) {
    g_autoptr (GstBuffer) buffer = NULL;

    gst_harness_push (harness, frame_new (0));
    buffer = gst_harness_pull (harness);
    g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, i * GST_SECOND / 10);
    g_assert_cmpuint (GST_BUFFER_DURATION (buffer), ==, GST_SECOND / 10);
  }
  gst_harness_teardown (harness);
}

static void
test_refused (void)
{
  static const struct {
    const gchar *options, *caps, *words;
  } cases[] = {
      {"content=mask", CAPS ("GRAY16_LE", "8"), "content=mask needs GRAY8"},
      {"content=logit", CAPS ("GRAY8", "8"), "content=logit needs GRAY16_LE"},
      {"bits=12", CAPS ("GRAY8", "8"), "bits=12"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *line = g_strdup_printf ("voxelstamp %s", cases[i].options);
    GstHarness *harness = gst_harness_new_parse (line);
    g_autoptr (GstBus) bus = watch (harness);

    gst_harness_set_src_caps_str (harness, cases[i].caps);
    assert_message (bus, GST_MESSAGE_ERROR, cases[i].words);
    gst_element_set_bus (harness->element, NULL);
    gst_harness_teardown (harness);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voxelstamp/counted", test_counted);
  g_test_add_func ("/voxelstamp/live", test_live);
  g_test_add_func ("/voxelstamp/offsets", test_offsets);
  g_test_add_func ("/voxelstamp/ends-early", test_ends_early);
  g_test_add_func ("/voxelstamp/flush", test_flush);
  g_test_add_func ("/voxelstamp/sizes", test_sizes);
  g_test_add_func ("/voxelstamp/present", test_present);
  g_test_add_func ("/voxelstamp/times", test_times);
  g_test_add_func ("/voxelstamp/refused", test_refused);
  return g_test_run ();
}
