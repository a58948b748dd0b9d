/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reslice-fixture.h"

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
  return g_test_run ();
}
