/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "make-slices.h"

#include <string.h>

#define DEPTH 10u
#define HEIGHT 37u
#define WIDTH 66u
#define GRAY16 GST_VIDEO_FORMAT_GRAY16_LE

static guint
pixel_16 (guint z, guint y, guint x)
{
  return (z * 1000u + y * 37u + x * 101u) & 0xffff;
}

static guint
pixel_8 (guint z, guint y, guint x)
{
  return (z * 29u + y * 3u + x * 7u) & 0xff;
}

static guint
pixel_shifted (guint z, guint y, guint x)
{
  return pixel_16 (z + 3, y, x);
}

typedef struct {
  GstHarness *h;
  GstBus *bus;
} Fixture;

static void
fixture_open (Fixture *f, const gchar *description)
{
  f->h = gst_harness_new_parse (description);
  f->bus = watch (f->h);
}

static void
fixture_close (Fixture *f)
{
  gst_harness_teardown (f->h);
  gst_object_unref (f->bus);
}

static GstFlowReturn
push_range (Fixture *f, GstVoxelVolume *volume, GstVideoFormat format, guint first, guint last, guint stop,
            MakePixel make)
{
  GstFlowReturn flow = GST_FLOW_OK;

  send_caps (f->h, volume, GST_VOXEL_AXIS_Z, format, "25/1");
  for (guint i = first; i <= stop && flow == GST_FLOW_OK; i++)
    flow = gst_harness_push (f->h, make_slice (volume, GST_VOXEL_AXIS_Z, format, GST_VOXEL_CONTENT_INTENSITY,
                                               i, first, last, make));
  return flow;
}

static void
check_pass (Fixture *f, GstVoxelAxis axis, guint count, guint axes, MakePixel make, guint64 serial)
{
  for (guint i = 0; i < count; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_try_pull (f->h);
    g_autoptr (GstCaps) caps = NULL;
    guint sides[3];
    GstVoxelSliceMeta *slice;

    g_assert_nonnull (buffer);
    slice = gst_buffer_get_voxel_slice_meta (buffer);
    g_assert_nonnull (slice);
    g_assert_cmpuint (slice->axis, ==, axis);
    g_assert_cmpuint (slice->index, ==, i);
    g_assert_cmpuint (slice->first, ==, 0);
    g_assert_cmpuint (slice->last, ==, count - 1);
    g_assert_cmpuint (slice->volume->axes, ==, axes);
    if (serial)
      g_assert_cmpuint (slice->volume->serial, ==, serial);
    g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, i * GST_SECOND / 25);
    g_assert_cmpuint (GST_BUFFER_DURATION (buffer), ==, GST_SECOND / 25);
    gst_voxel_volume_get_plane (slice->volume, axis, &sides[0], &sides[1], &sides[2]);
    g_assert_cmpuint (sides[0], ==, count);
    {
      g_autofree gchar *text =
          slice_caps (make == pixel_8 ? GST_VIDEO_FORMAT_GRAY8 : GRAY16, sides[2], sides[1], "25/1");

      caps = gst_caps_from_string (text);
    }
    check_slice (buffer, caps, make, axis, i);
  }
}

/* The n-th segment event that came out; all are taken. */
static GPtrArray *
take_segments (GstHarness *h)
{
  GPtrArray *segments = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_event_unref);
  GstEvent *event;

  while ((event = gst_harness_try_pull_event (h))) {
    if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
      g_ptr_array_add (segments, event);
    else
      gst_event_unref (event);
  }
  return segments;
}

static void
check_segment_base (GPtrArray *segments, guint n, GstClockTime base)
{
  GstSegment segment;

  g_assert_cmpuint (n, <, segments->len);
  gst_event_copy_segment (g_ptr_array_index (segments, n), &segment);
  g_assert_cmpint (segment.format, ==, GST_FORMAT_TIME);
  g_assert_cmpuint (segment.base, ==, base);
  g_assert_cmpuint (segment.start, ==, 0);
}

static void
check_histogram (GstVoxelVolume *record, guint depth, MakePixel make)
{
  g_autofree guint64 *expected = g_new0 (guint64, GST_VOXEL_HISTOGRAM_BINS);
  gsize size;
  const guint64 *bins;

  g_assert_nonnull (record->histogram);
  bins = g_bytes_get_data (record->histogram, &size);
  g_assert_cmpuint (size, ==, GST_VOXEL_HISTOGRAM_BINS * sizeof *bins);
  for (guint z = 0; z < depth; z++) {
    for (guint y = 0; y < HEIGHT; y++) {
      for (guint x = 0; x < WIDTH; x++)
        expected[make (z, y, x)]++;
    }
  }
  g_assert_cmpmem (bins, size, expected, size);
}

static void
test_axes (gconstpointer data)
{
  const gchar *options = data;
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);
  g_autoptr (GPtrArray) segments = NULL;
  Fixture f;

  fixture_open (&f, options);
  g_assert_cmpint (push_range (&f, volume, GRAY16, 0, DEPTH - 1, DEPTH - 1, pixel_16), ==, GST_FLOW_OK);
  g_assert_cmpuint (gst_harness_buffers_received (f.h), ==, 0);
  g_assert_true (gst_harness_push_event (f.h, gst_event_new_eos ()));
  g_assert_cmpuint (gst_harness_buffers_received (f.h), ==, DEPTH + HEIGHT + WIDTH);
  segments = take_segments (f.h);
  g_assert_cmpuint (segments->len, ==, 3);
  check_segment_base (segments, 0, 0);
  check_segment_base (segments, 1, DEPTH * GST_SECOND / 25);
  check_segment_base (segments, 2, (DEPTH + HEIGHT) * GST_SECOND / 25);
  check_pass (&f, GST_VOXEL_AXIS_Z, DEPTH, 7, pixel_16, volume->serial);
  check_pass (&f, GST_VOXEL_AXIS_Y, HEIGHT, 7, pixel_16, volume->serial);
  check_pass (&f, GST_VOXEL_AXIS_X, WIDTH, 7, pixel_16, volume->serial);
  fixture_close (&f);
}

static void
test_order_and_histogram (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 8);
  Fixture f;
  GstBuffer *buffer;

  fixture_open (&f, "voxelreslice axes=x,z");
  push_range (&f, volume, GST_VIDEO_FORMAT_GRAY8, 0, DEPTH - 1, DEPTH - 1, pixel_8);
  gst_harness_push_event (f.h, gst_event_new_eos ());
  check_pass (&f, GST_VOXEL_AXIS_X, WIDTH, 5, pixel_8, volume->serial);
  buffer = gst_harness_pull (f.h);
  check_histogram (gst_buffer_get_voxel_slice_meta (buffer)->volume, DEPTH, pixel_8);
  gst_buffer_unref (buffer);
  g_assert_cmpuint (gst_harness_buffers_in_queue (f.h), ==, DEPTH - 1);
  fixture_close (&f);
}

static void
test_two_volumes (void)
{
  g_autoptr (GstVoxelVolume) one = gst_voxel_volume_new ("one", DEPTH, HEIGHT, WIDTH, 16);
  g_autoptr (GstVoxelVolume) two = gst_voxel_volume_new ("two", DEPTH + 5, HEIGHT - 4, WIDTH, 8);
  g_autoptr (GPtrArray) segments = NULL;
  Fixture f;

  fixture_open (&f, "voxelreslice axes=z,y");
  push_range (&f, one, GRAY16, 0, DEPTH - 1, DEPTH - 1, pixel_16);
  g_assert_cmpuint (gst_harness_buffers_received (f.h), ==, 0);
  push_range (&f, two, GST_VIDEO_FORMAT_GRAY8, 0, DEPTH + 4, 0, pixel_8);
  g_assert_cmpuint (gst_harness_buffers_received (f.h), ==, DEPTH + HEIGHT);
  for (guint i = 1; i < DEPTH + 5; i++)
    gst_harness_push (f.h, make_slice (two, GST_VOXEL_AXIS_Z, GST_VIDEO_FORMAT_GRAY8,
                                       GST_VOXEL_CONTENT_INTENSITY, i, 0, DEPTH + 4, pixel_8));
  gst_harness_push_event (f.h, gst_event_new_eos ());
  check_pass (&f, GST_VOXEL_AXIS_Z, DEPTH, 3, pixel_16, one->serial);
  check_pass (&f, GST_VOXEL_AXIS_Y, HEIGHT, 3, pixel_16, one->serial);
  check_pass (&f, GST_VOXEL_AXIS_Z, DEPTH + 5, 3, pixel_8, two->serial);
  check_pass (&f, GST_VOXEL_AXIS_Y, HEIGHT - 4, 3, pixel_8, two->serial);
  segments = take_segments (f.h);
  g_assert_cmpuint (segments->len, ==, 4);
  check_segment_base (segments, 2, (DEPTH + HEIGHT) * GST_SECOND / 25);
  fixture_close (&f);
}

static void
test_part (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);
  g_autoptr (GstBuffer) buffer = NULL;
  GstVoxelVolume *record;
  Fixture f;

  volume->names = g_new0 (gchar *, DEPTH + 1);
  for (guint i = 0; i < DEPTH; i++)
    volume->names[i] = g_strdup_printf ("s%u", i);
  volume->origin[0] = 100;
  fixture_open (&f, "voxelreslice axes=y,x,z");
  push_range (&f, volume, GRAY16, 3, 6, 6, pixel_16);
  gst_harness_push_event (f.h, gst_event_new_eos ());
  check_pass (&f, GST_VOXEL_AXIS_Y, HEIGHT, 7, pixel_shifted, 0);
  check_pass (&f, GST_VOXEL_AXIS_X, WIDTH, 7, pixel_shifted, 0);
  buffer = gst_harness_pull (f.h);
  record = gst_buffer_get_voxel_slice_meta (buffer)->volume;
  g_assert_cmpuint (record->serial, !=, volume->serial);
  g_assert_cmpuint (record->shape[0], ==, 4);
  g_assert_cmpuint (record->origin[0], ==, 103);
  g_assert_cmpuint (g_strv_length (record->names), ==, 4);
  g_assert_cmpstr (record->names[0], ==, "s3");
  check_histogram (record, 4, pixel_shifted);
  fixture_close (&f);
}

static void
test_live (void)
{
  g_autoptr (GstVoxelVolume) one = gst_voxel_volume_new ("live", 0, HEIGHT, WIDTH, 16);
  g_autoptr (GstVoxelVolume) two = gst_voxel_volume_new ("live", DEPTH, HEIGHT, WIDTH, 16);
  g_autoptr (GPtrArray) segments = NULL;
  Fixture f;

  fixture_open (&f, "voxelreslice hold=false axes=x,z memory-limit=1");
  send_caps (f.h, two, GST_VOXEL_AXIS_Z, GRAY16, "25/1");
  for (guint i = 0; i < DEPTH; i++) {
    GstBuffer *buffer;
    GstVoxelSliceMeta *slice;

    gst_harness_push (f.h, make_slice (one, GST_VOXEL_AXIS_Z, GRAY16, GST_VOXEL_CONTENT_INTENSITY, i, 0,
                                       GST_VOXEL_INDEX_UNKNOWN, pixel_16));
    g_assert_cmpuint (gst_harness_buffers_in_queue (f.h), ==, 1);
    buffer = gst_harness_pull (f.h);
    slice = gst_buffer_get_voxel_slice_meta (buffer);
    g_assert_cmpuint (slice->volume->axes, ==, 5);
    g_assert_null (slice->volume->histogram);
    g_assert_cmpuint (slice->last, ==, GST_VOXEL_INDEX_UNKNOWN);
    gst_buffer_unref (buffer);
  }
  /* The next volume in the same segment: a camera that goes on. */
  for (guint i = 0; i < DEPTH; i++) {
    GstBuffer *buffer =
        make_slice (two, GST_VOXEL_AXIS_Z, GRAY16, GST_VOXEL_CONTENT_INTENSITY, i, 0, DEPTH - 1, pixel_16);

    GST_BUFFER_PTS (buffer) += DEPTH * GST_SECOND / 25;
    gst_harness_push (f.h, buffer);
  }
  check_pass (&f, GST_VOXEL_AXIS_X, WIDTH, 5, pixel_16, one->serial);
  for (guint i = 0; i < DEPTH; i++)
    gst_buffer_unref (gst_harness_pull (f.h));
  gst_harness_push_event (f.h, gst_event_new_eos ());
  check_pass (&f, GST_VOXEL_AXIS_X, WIDTH, 5, pixel_16, two->serial);
  segments = take_segments (f.h);
  g_assert_cmpuint (segments->len, ==, 4);
  check_segment_base (segments, 0, 0);
  check_segment_base (segments, 1, DEPTH * GST_SECOND / 25);
  check_segment_base (segments, 2, WIDTH * GST_SECOND / 25);
  check_segment_base (segments, 3, (WIDTH + 2 * DEPTH) * GST_SECOND / 25);
  fixture_close (&f);
}

static void
test_live_z_only (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("live", DEPTH, HEIGHT, WIDTH, 16);
  Fixture f;

  fixture_open (&f, "voxelreslice hold=false axes=z scratch=/nowhere memory-limit=0");
  push_range (&f, volume, GRAY16, 0, DEPTH - 1, DEPTH - 1, pixel_16);
  check_pass (&f, GST_VOXEL_AXIS_Z, DEPTH, 1, pixel_16, volume->serial);
  g_assert_true (gst_harness_push_event (f.h, gst_event_new_eos ()));
  g_assert_cmpuint (gst_harness_buffers_in_queue (f.h), ==, 0);
  fixture_close (&f);
}

static void
test_segment_done (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);
  Fixture f;

  fixture_open (&f, "voxelreslice axes=z");
  for (guint n = 0; n < 3; n++) {
    push_range (&f, volume, GRAY16, 0, DEPTH - 1, DEPTH - 1, pixel_16);
    g_assert_true (gst_harness_push_event (f.h, gst_event_new_segment_done (GST_FORMAT_TIME, 0)));
    check_pass (&f, GST_VOXEL_AXIS_Z, DEPTH, 1, pixel_16, volume->serial);
  }
  fixture_close (&f);
}

static void
test_flush (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);
  g_autoptr (GPtrArray) segments = NULL;
  GstSegment segment;
  Fixture f;

  fixture_open (&f, "voxelreslice axes=z");
  push_range (&f, volume, GRAY16, 0, DEPTH - 1, 4, pixel_16);
  gst_harness_push_event (f.h, gst_event_new_flush_start ());
  gst_harness_push_event (f.h, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (f.h, gst_event_new_segment (&segment));
  push_range (&f, volume, GRAY16, 0, DEPTH - 1, DEPTH - 1, pixel_16);
  g_assert_true (gst_harness_push_event (f.h, gst_event_new_eos ()));
  check_pass (&f, GST_VOXEL_AXIS_Z, DEPTH, 1, pixel_16, volume->serial);
  segments = take_segments (f.h);
  g_assert_cmpuint (segments->len, ==, 1);
  check_segment_base (segments, 0, 0);
  fixture_close (&f);
}

static void
test_errors (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);
  g_autofree gchar *text = NULL;
  Fixture f;

  /* a slice is missing in the middle */
  fixture_open (&f, "voxelreslice");
  push_range (&f, volume, GRAY16, 0, DEPTH - 1, 4, pixel_16);
  g_assert_cmpint (
      gst_harness_push (f.h, make_slice (volume, GST_VOXEL_AXIS_Z, GRAY16, GST_VOXEL_CONTENT_INTENSITY, 7, 0,
                                         DEPTH - 1, pixel_16)),
      ==, GST_FLOW_ERROR);
  text = take_error (f.bus);
  g_assert_nonnull (strstr (text, "slices 5 to 6 of axis z of volume \"scan\" are missing"));
  g_assert_false (gst_harness_push_event (f.h, gst_event_new_eos ()));
  g_assert_null (gst_bus_pop_filtered (f.bus, GST_MESSAGE_ERROR));
  fixture_close (&f);

  /* and at the end */
  fixture_open (&f, "voxelreslice");
  push_range (&f, volume, GRAY16, 0, DEPTH - 1, 4, pixel_16);
  g_assert_false (gst_harness_push_event (f.h, gst_event_new_eos ()));
  g_clear_pointer (&text, g_free);
  text = take_error (f.bus);
  g_assert_nonnull (strstr (text, "slices 5 to 9"));
  g_assert_cmpuint (gst_harness_buffers_received (f.h), ==, 0);
  fixture_close (&f);

  /* no meta */
  fixture_open (&f, "voxelreslice");
  send_caps (f.h, volume, GST_VOXEL_AXIS_Z, GRAY16, "25/1");
  g_assert_cmpint (gst_harness_push (f.h, gst_buffer_new_allocate (NULL, HEIGHT * WIDTH * 2, NULL)), ==,
                   GST_FLOW_ERROR);
  g_clear_pointer (&text, g_free);
  text = take_error (f.bus);
  g_assert_nonnull (strstr (text, "voxelstamp"));
  fixture_close (&f);

  /* not z */
  fixture_open (&f, "voxelreslice");
  send_caps (f.h, volume, GST_VOXEL_AXIS_Y, GRAY16, "25/1");
  g_assert_cmpint (
      gst_harness_push (f.h, make_slice (volume, GST_VOXEL_AXIS_Y, GRAY16, GST_VOXEL_CONTENT_INTENSITY, 0, 0,
                                         HEIGHT - 1, pixel_16)),
      ==, GST_FLOW_ERROR);
  g_clear_pointer (&text, g_free);
  text = take_error (f.bus);
  g_assert_nonnull (strstr (text, "takes z slices"));
  fixture_close (&f);

  /* nowhere to put it */
  fixture_open (&f, "voxelreslice memory-limit=1 scratch=/nowhere/at/all");
  g_assert_cmpint (push_range (&f, volume, GRAY16, 0, DEPTH - 1, 0, pixel_16), ==, GST_FLOW_ERROR);
  g_clear_pointer (&text, g_free);
  text = take_error (f.bus);
  g_assert_nonnull (strstr (text, "/nowhere/at/all"));
  fixture_close (&f);
}

static void
test_bad_axes (void)
{
  static const gchar *bad[] = {"z,z", "w", "", "zy"};

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GstElement) element = gst_object_ref_sink (gst_element_factory_make ("voxelreslice", NULL));

    g_object_set (element, "axes", bad[i], NULL);
    g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
    gst_element_set_state (element, GST_STATE_NULL);
  }
}

/* Refused, shut down or flushed at any moment: no hang, no leak, and no end told after a failure. */
static GstFlowReturn
refuse_later (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  guint *left = g_object_get_data (G_OBJECT (pad), "left");

  gst_buffer_unref (buffer);
  if (*left == 0)
    return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (pad), "flow"));
  (*left)--;
  return GST_FLOW_OK;
}

static void
test_downstream_stops (void)
{
  static const GstFlowReturn flows[] = {GST_FLOW_EOS, GST_FLOW_ERROR, GST_FLOW_NOT_NEGOTIATED,
                                        GST_FLOW_FLUSHING};

  for (gsize i = 0; i < G_N_ELEMENTS (flows); i++) {
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);
    guint left = 13;
    Fixture f;

    fixture_open (&f, "voxelreslice");
    g_object_set_data (G_OBJECT (f.h->sinkpad), "left", &left);
    g_object_set_data (G_OBJECT (f.h->sinkpad), "flow", GINT_TO_POINTER (flows[i]));
    gst_pad_set_chain_function (f.h->sinkpad, refuse_later);
    push_range (&f, volume, GRAY16, 0, DEPTH - 1, DEPTH - 1, pixel_16);
    g_assert_cmpint (gst_harness_push_event (f.h, gst_event_new_eos ()), ==, flows[i] == GST_FLOW_EOS);
    if (flows[i] == GST_FLOW_ERROR || flows[i] == GST_FLOW_NOT_NEGOTIATED)
      g_free (take_error (f.bus));
    else
      g_assert_null (gst_bus_pop_filtered (f.bus, GST_MESSAGE_ERROR));
    fixture_close (&f);
  }
}

static gpointer
push_all (gpointer data)
{
  Fixture *f = data;
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);
  GstFlowReturn flow = GST_FLOW_OK;

  for (guint i = 0; i < DEPTH && flow == GST_FLOW_OK; i++)
    flow = gst_pad_push (f->h->srcpad, make_slice (volume, GST_VOXEL_AXIS_Z, GRAY16,
                                                   GST_VOXEL_CONTENT_INTENSITY, i, 0, DEPTH - 1, pixel_16));
  if (flow == GST_FLOW_OK)
    gst_pad_push_event (f->h->srcpad, gst_event_new_eos ());
  return NULL;
}

static void
test_shut_down (void)
{
  for (guint n = 0; n < 60; n++) {
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);
    GThread *thread;
    Fixture f;

    fixture_open (&f, n % 2 ? "voxelreslice memory-limit=1" : "voxelreslice hold=false");
    send_caps (f.h, volume, GST_VOXEL_AXIS_Z, GRAY16, "25/1");
    thread = g_thread_new ("push", push_all, &f);
    g_usleep ((gulong) g_test_rand_int_range (0, 3000));
    if (n % 3 == 0)
      gst_harness_push_event (f.h, gst_event_new_flush_start ());
    gst_element_set_state (f.h->element, GST_STATE_NULL);
    g_thread_join (thread);
    fixture_close (&f);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/voxelreslice/axes/memory", "voxelreslice", test_axes);
  g_test_add_data_func ("/voxelreslice/axes/scratch", "voxelreslice memory-limit=1", test_axes);
  g_test_add_func ("/voxelreslice/order-and-histogram", test_order_and_histogram);
  g_test_add_func ("/voxelreslice/two-volumes", test_two_volumes);
  g_test_add_func ("/voxelreslice/part", test_part);
  g_test_add_func ("/voxelreslice/live", test_live);
  g_test_add_func ("/voxelreslice/live-z-only", test_live_z_only);
  g_test_add_func ("/voxelreslice/segment-done", test_segment_done);
  g_test_add_func ("/voxelreslice/flush", test_flush);
  g_test_add_func ("/voxelreslice/errors", test_errors);
  g_test_add_func ("/voxelreslice/bad-axes", test_bad_axes);
  g_test_add_func ("/voxelreslice/downstream-stops", test_downstream_stops);
  g_test_add_func ("/voxelreslice/shut-down", test_shut_down);
  return g_test_run ();
}
