/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "normalize-fixture.h"

/* Without a histogram: the first axis waits, the second does not. */
static void
test_held (void)
{
  g_autoptr (GstVoxelVolume) volume = new_volume ();
  GstHarness *h = gst_harness_new_parse ("voxelnormalize bits=8");
  guint low, high;

  find_range (&low, &high);
  push_axis (h, volume, GST_VOXEL_AXIS_Z, GRAY16, scan);
  g_assert_cmpuint (gst_harness_buffers_received (h), ==, 0);
  push_axis (h, volume, GST_VOXEL_AXIS_Y, GRAY16, scan);
  g_assert_cmpuint (gst_harness_buffers_received (h), ==, DEPTH + HEIGHT);
  for (guint i = 0; i < DEPTH; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (h);
    GstVoxelVolume *record = gst_buffer_get_voxel_slice_meta (buffer)->volume;

    check (buffer, GST_VOXEL_AXIS_Z, i, low, high, 8);
    g_assert_cmpuint (record->serial, ==, volume->serial);
    g_assert_cmpfloat (record->low, ==, low);
    g_assert_cmpfloat (record->high, ==, high);
    g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, i * GST_SECOND / 25);
  }
  for (guint i = 0; i < HEIGHT; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (h);

    check (buffer, GST_VOXEL_AXIS_Y, i, low, high, 8);
  }
  gst_harness_teardown (h);
}

static void
test_after_reslice (gconstpointer data)
{
  guint bits = GPOINTER_TO_UINT (data);
  g_autofree gchar *text =
      g_strdup_printf ("voxelreslice axes=x,z ! voxelnormalize bits=%u memory-limit=0", bits);
  g_autoptr (GstVoxelVolume) volume = new_volume ();
  GstHarness *h = gst_harness_new_parse (text);
  guint64 total = 0;
  guint low, high;

  find_range (&low, &high);
  push_axis (h, volume, GST_VOXEL_AXIS_Z, GRAY16, scan);
  gst_harness_push_event (h, gst_event_new_eos ());
  g_assert_cmpuint (gst_harness_buffers_received (h), ==, WIDTH + DEPTH);
  for (guint i = 0; i < WIDTH; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (h);

    check (buffer, GST_VOXEL_AXIS_X, i, low, high, bits);
    if (i == 0) {
      const guint64 *bins =
          g_bytes_get_data (gst_buffer_get_voxel_slice_meta (buffer)->volume->histogram, NULL);

      for (guint v = 0; v < 1u << bits; v++)
        total += bins[v];
      g_assert_cmpuint (bins[(1u << bits) - 1], >=, N / 1000);
      g_assert_cmpuint (total, ==, N);
    }
  }
  for (guint i = 0; i < DEPTH; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (h);

    check (buffer, GST_VOXEL_AXIS_Z, i, low, high, bits);
  }
  gst_harness_teardown (h);
}

/* z passes the reslicer at once and waits here, which is told of a live source; the other axis brings the same
 * percentiles along. */
static void
test_after_live_reslice (gconstpointer live)
{
  g_autoptr (GstVoxelVolume) volume = new_volume ();
  GstHarness *h = gst_harness_new_parse ("voxelreslice axes=z,x hold=false ! voxelnormalize bits=8");
  g_autoptr (GstBus) bus = watch (h);
  g_autoptr (GstMessage) warning = NULL;
  guint low, high;

  gst_harness_set_live (h, live != NULL);
  find_range (&low, &high);
  push_axis (h, volume, GST_VOXEL_AXIS_Z, GRAY16, scan);
  gst_harness_push_event (h, gst_event_new_eos ());
  for (guint i = 0; i < DEPTH + WIDTH; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_try_pull (h);

    g_assert_nonnull (buffer);
    check (buffer, i < DEPTH ? GST_VOXEL_AXIS_Z : GST_VOXEL_AXIS_X, i < DEPTH ? i : i - DEPTH, low, high, 8);
  }
  warning = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  g_assert_cmpint (warning != NULL, ==, live != NULL);
  gst_element_set_bus (h->element, NULL);
  gst_harness_teardown (h);
}

static void
test_fixed_and_full (void)
{
  g_autoptr (GstVoxelVolume) volume = new_volume ();
  g_autoptr (GstVoxelVolume) twelve = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 12);
  GstHarness *h = gst_harness_new_parse ("voxelnormalize range=fixed low=1500.5 high=5000 bits=16");
  g_autoptr (GstBuffer) buffer = NULL;

  push_axis (h, volume, GST_VOXEL_AXIS_Z, GRAY16, scan);
  g_assert_cmpuint (gst_harness_buffers_received (h), ==, DEPTH);
  buffer = gst_harness_pull (h);
  check (buffer, GST_VOXEL_AXIS_Z, 0, 1500.5, 5000, 16);
  g_clear_pointer (&buffer, gst_buffer_unref);
  gst_harness_teardown (h);

  h = gst_harness_new_parse ("voxelnormalize range=full bits=8");
  push_axis (h, twelve, GST_VOXEL_AXIS_X, GRAY16, scan);
  buffer = gst_harness_pull (h);
  check (buffer, GST_VOXEL_AXIS_X, 0, 0, 4095, 8);
  g_clear_pointer (&buffer, gst_buffer_unref);
  gst_harness_teardown (h);
}

/* Nothing to change: the memory itself goes on, only what is said of it is new. */
static void
test_identity (void)
{
  g_autoptr (GstVoxelVolume) volume = new_volume ();
  GstHarness *h = gst_harness_new_parse ("voxelnormalize range=full bits=16");
  GstBuffer *in = make_slice (volume, GST_VOXEL_AXIS_Z, GRAY16, GST_VOXEL_CONTENT_INTENSITY, 0, 0, 8, scan);
  GstMemory *memory = gst_buffer_peek_memory (in, 0);
  g_autoptr (GstBuffer) out = NULL;

  send_caps (h, volume, GST_VOXEL_AXIS_Z, GRAY16, "25/1");
  gst_harness_push (h, in);
  out = gst_harness_pull (h);
  g_assert_true (gst_buffer_peek_memory (out, 0) == memory);
  check (out, GST_VOXEL_AXIS_Z, 0, 0, 65535, 16);
  gst_harness_teardown (h);
}

static void
test_slice_scope (void)
{
  g_autoptr (GstVoxelVolume) volume = new_volume ();
  GstHarness *h = gst_harness_new_parse ("voxelnormalize scope=slice bits=8 low=2 high=98");

  push_axis (h, volume, GST_VOXEL_AXIS_Z, GRAY16, scan);
  for (guint i = 0; i < DEPTH; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_try_pull (h);
    const guint n = HEIGHT * WIDTH;
    guint values[HEIGHT * WIDTH];

    g_assert_nonnull (buffer);
    for (guint k = 0; k < n; k++)
      values[k] = scan (i, k / WIDTH, k % WIDTH);
    qsort (values, n, sizeof *values, compare);
    check (buffer, GST_VOXEL_AXIS_Z, i, values[n * 2 / 100], values[n - n * 2 / 100], 8);
    g_assert_true (isnan (gst_buffer_get_voxel_slice_meta (buffer)->volume->low));
  }
  gst_harness_teardown (h);
}

static void
test_constant (void)
{
  g_autoptr (GstVoxelVolume) volume = new_volume ();
  GstHarness *h = gst_harness_new_parse ("voxelnormalize bits=8");
  GstBus *bus = watch (h);
  g_autoptr (GstBuffer) buffer = NULL;
  g_autoptr (GstMessage) message = NULL;
  GstVoxelSliceMeta *slice;

  push_axis (h, volume, GST_VOXEL_AXIS_Z, GRAY16, constant);
  gst_harness_push_event (h, gst_event_new_eos ());
  buffer = gst_harness_pull (h);
  slice = gst_buffer_get_voxel_slice_meta (buffer);
  g_assert_cmpfloat (slice->mean, ==, 0);
  g_assert_cmpfloat (slice->stddev, ==, 0);
  g_assert_cmpuint (gst_buffer_memcmp (buffer, 0, "\0\0\0\0", 4), ==, 0);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  g_assert_nonnull (message);
  gst_harness_teardown (h);
  unwatch (bus);
}

static void
test_errors (void)
{
  g_autoptr (GstVoxelVolume) volume = new_volume ();
  GstHarness *h = gst_harness_new_parse ("voxelnormalize memory-limit=5000");
  GstBus *bus = watch (h);
  g_autofree gchar *text = NULL;

  /* too much to hold: 2700 bytes a slice */
  send_caps (h, volume, GST_VOXEL_AXIS_Z, GRAY16, "25/1");
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (gst_harness_push (h, make_slice (volume, GST_VOXEL_AXIS_Z, GRAY16,
                                                      GST_VOXEL_CONTENT_INTENSITY, i, 0, DEPTH - 1, scan)),
                     ==, i ? GST_FLOW_ERROR : GST_FLOW_OK);
  text = take_error (bus);
  g_assert_nonnull (strstr (text, "add voxelreslice before voxelnormalize"));
  gst_harness_teardown (h);
  unwatch (bus);

  /* a mask */
  h = gst_harness_new_parse ("voxelnormalize");
  bus = watch (h);
  send_caps (h, volume, GST_VOXEL_AXIS_Z, GRAY16, "25/1");
  g_assert_cmpint (gst_harness_push (h, make_slice (volume, GST_VOXEL_AXIS_Z, GRAY16,
                                                    GST_VOXEL_CONTENT_PROBABILITY, 0, 0, DEPTH - 1, scan)),
                   ==, GST_FLOW_ERROR);
  g_clear_pointer (&text, g_free);
  text = take_error (bus);
  g_assert_nonnull (strstr (text, "intensities"));
  gst_harness_teardown (h);
  unwatch (bus);

  /* the end of a volume is missing */
  h = gst_harness_new_parse ("voxelnormalize");
  bus = watch (h);
  send_caps (h, volume, GST_VOXEL_AXIS_Z, GRAY16, "25/1");
  gst_harness_push (
      h, make_slice (volume, GST_VOXEL_AXIS_Z, GRAY16, GST_VOXEL_CONTENT_INTENSITY, 0, 0, DEPTH - 1, scan));
  g_assert_false (gst_harness_push_event (h, gst_event_new_eos ()));
  g_clear_pointer (&text, g_free);
  text = take_error (bus);
  g_assert_nonnull (strstr (text, "slices 1 to 8"));
  gst_harness_teardown (h);
  unwatch (bus);
}

static void
test_settings (void)
{
  static const gchar *bad[] = {"bits=12",
                               "low=99 high=1",
                               "low=-1",
                               "high=101",
                               "range=fixed low=5 high=5",
                               "arithmetic=origin bits=16",
                               "arithmetic=origin bits=8 range=full"};

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree gchar *text = g_strdup_printf ("voxelnormalize %s", bad[i]);
    GstElement *element = gst_parse_launch (text, NULL);

    g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
    gst_element_set_state (element, GST_STATE_NULL);
    gst_object_unref (element);
  }
}

/* A flush while slices wait: the caps that waited with them are not lost. */
static void
test_flush (void)
{
  g_autoptr (GstVoxelVolume) volume = new_volume ();
  GstHarness *h = gst_harness_new_parse ("voxelnormalize bits=8");
  GstSegment segment;

  push_axis (h, volume, GST_VOXEL_AXIS_Z, GRAY16, scan);
  send_caps (h, volume, GST_VOXEL_AXIS_Y, GRAY16, "25/1");
  gst_harness_push_event (h, gst_event_new_flush_start ());
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  for (guint i = 0; i < HEIGHT; i++)
    gst_harness_push (h, make_slice (volume, GST_VOXEL_AXIS_Y, GRAY16, GST_VOXEL_CONTENT_INTENSITY, i, 0,
                                     HEIGHT - 1, scan));
  g_assert_true (gst_harness_push_event (h, gst_event_new_eos ()));
  g_assert_cmpuint (gst_harness_buffers_received (h), ==, HEIGHT);
  for (guint i = 0; i < HEIGHT; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (h);
    guint low, high;

    find_range (&low, &high);
    check (buffer, GST_VOXEL_AXIS_Y, i, low, high, 8);
  }
  gst_harness_teardown (h);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voxelnormalize/held", test_held);
  g_test_add_data_func ("/voxelnormalize/after-reslice/8", GUINT_TO_POINTER (8), test_after_reslice);
  g_test_add_data_func ("/voxelnormalize/after-reslice/16", GUINT_TO_POINTER (16), test_after_reslice);
  g_test_add_data_func ("/voxelnormalize/after-live-reslice", NULL, test_after_live_reslice);
  g_test_add_data_func ("/voxelnormalize/after-live-reslice-from-live-source", "live",
                        test_after_live_reslice);
  g_test_add_func ("/voxelnormalize/fixed-and-full", test_fixed_and_full);
  g_test_add_func ("/voxelnormalize/identity", test_identity);
  g_test_add_func ("/voxelnormalize/slice-scope", test_slice_scope);
  g_test_add_func ("/voxelnormalize/constant", test_constant);
  g_test_add_func ("/voxelnormalize/errors", test_errors);
  g_test_add_func ("/voxelnormalize/settings", test_settings);
  g_test_add_func ("/voxelnormalize/flush", test_flush);
  return g_test_run ();
}
