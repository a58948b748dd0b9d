/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* When slices come out of voxelsliceinfer, and what it says where it cannot run them. */

#include "tests/elements/network/voxelsliceinfer-fixture.h"

#define WIDTH 44
#define HEIGHT 40
#define SETTINGS "size=32 views=r0,r90 blend=mean precision=fp32"

static GstVideoInfo info;

static GstHarness *
open_element (const gchar *name, const gchar *more)
{
  g_autofree gchar *model = slice_model (name);
  g_autofree gchar *launch = g_strdup_printf ("voxelsliceinfer model=\"%s\" " SETTINGS " %s", model, more);
  GstHarness *h = gst_harness_new_parse (launch);

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_GRAY16_LE, WIDTH, HEIGHT);
  set_caps (h, "GRAY16_LE", WIDTH, HEIGHT);
  return h;
}

static GstBus *
watch (GstHarness *h)
{
  g_autoptr (GstElement) element = gst_harness_find_element (h, "voxelsliceinfer");
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (element, bus);
  return bus;
}

static void
close_element (GstHarness *h, GstBus *bus)
{
  g_autoptr (GstElement) element = gst_harness_find_element (h, "voxelsliceinfer");

  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

static void
assert_index (GstBuffer *buffer, guint index)
{
  g_assert_nonnull (buffer);
  g_assert_cmpuint (gst_buffer_get_voxel_slice_meta (buffer)->index, ==, index);
  gst_buffer_unref (buffer);
}

/* Two are under way; the end fetches them. A slice that nothing follows comes by itself. */
static void
test_under_way (void)
{
  GstHarness *h = open_element ("slice", "batch-timeout=20000000000");
  g_autoptr (GstVoxelVolume) volume = slice_volume (9, HEIGHT, WIDTH, 16);

  for (guint i = 0; i < 4; i++) {
    g_assert_cmpint (gst_harness_push (h, slice_new (volume, &info, i, 3)), ==, GST_FLOW_OK);
    g_assert_cmpuint (gst_harness_buffers_received (h), ==, i < 2 ? 0 : i - 1);
  }
  g_assert_true (gst_harness_push_event (h, gst_event_new_eos ()));
  g_assert_cmpuint (gst_harness_buffers_received (h), ==, 4);
  for (guint i = 0; i < 4; i++)
    assert_index (gst_harness_pull (h), i);
  gst_harness_teardown (h);

  h = open_element ("slice", "");
  gst_harness_use_systemclock (h);
  g_assert_cmpint (gst_harness_push (h, slice_new (volume, &info, 0, 8)), ==, GST_FLOW_OK);
  assert_index (gst_harness_pull (h), 0);
  gst_harness_teardown (h);
}

/* What is under way at a flush is never seen; what is at another size comes first. */
static void
test_flush_and_sizes (void)
{
  GstHarness *h = open_element ("slice", "batch-timeout=20000000000");
  g_autoptr (GstVoxelVolume) volume = slice_volume (9, HEIGHT, WIDTH, 16);
  g_autoptr (GstVoxelVolume) other = slice_volume (2, 50, 33, 16);
  g_autoptr (GstBuffer) last = NULL;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (gst_harness_push (h, slice_new (volume, &info, i, 8)), ==, GST_FLOW_OK);
  gst_harness_push_event (h, gst_event_new_flush_start ());
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (gst_harness_push (h, slice_new (volume, &info, i, 1)), ==, GST_FLOW_OK);
  g_assert_cmpuint (gst_harness_buffers_received (h), ==, 0);
  set_caps (h, "GRAY16_LE", 33, 50);
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_GRAY16_LE, 33, 50);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (gst_harness_push (h, slice_new (other, &info, i, 1)), ==, GST_FLOW_OK);
  g_assert_cmpuint (gst_harness_buffers_received (h), ==, 2);
  g_assert_true (gst_harness_push_event (h, gst_event_new_eos ()));
  for (guint i = 0; i < 3; i++)
    assert_index (gst_harness_pull (h), i % 2);
  last = gst_harness_pull (h);
  g_assert_cmpuint (gst_buffer_get_size (last), ==, GST_ROUND_UP_4 (33 * 2) * 50);
  gst_harness_teardown (h);
}

/* As voxelstitch says it. */
static void
test_missing (void)
{
  GstHarness *h = open_element ("slice", "");
  GstBus *bus = watch (h);
  g_autoptr (GstVoxelVolume) volume = slice_volume (9, HEIGHT, WIDTH, 16);
  g_autofree gchar *said = NULL, *late = NULL;

  g_assert_cmpint (gst_harness_push (h, slice_new (volume, &info, 0, 8)), ==, GST_FLOW_OK);
  g_assert_cmpint (gst_harness_push (h, slice_new (volume, &info, 2, 8)), ==, GST_FLOW_ERROR);
  said = pull_error (bus);
  g_test_message ("%s", said);
  g_assert_nonnull (strstr (said, "lice 1"));
  close_element (h, bus);

  h = open_element ("slice", "");
  bus = watch (h);
  g_assert_cmpint (gst_harness_push (h, slice_new (volume, &info, 0, 8)), ==, GST_FLOW_OK);
  gst_harness_push_event (h, gst_event_new_eos ());
  late = pull_error (bus);
  g_test_message ("%s", late);
  g_assert_nonnull (strstr (late, "lices 1 to 8"));
  assert_index (gst_harness_pull (h), 0);
  close_element (h, bus);
}

/* What is wrong is known when slices come. */
static void
test_wrong_slices (void)
{
  static const struct {
    const gchar *model, *more, *said;
  } rows[] = {
      {"damaged", "", "scores that are not finite"},
      {"slice", "memory-limit=9000", "the memory limit is 8.8 KiB: use smaller tiles or a higher limit"},
      {"neighbours", "", "set reach=1 on a voxelneighbours"},
  };
  g_autoptr (GstVoxelVolume) volume = slice_volume (9, HEIGHT, WIDTH, 16);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GstHarness *h = open_element (rows[i].model, rows[i].more);
    GstBus *bus = watch (h);
    GstFlowReturn flow = GST_FLOW_OK;
    g_autofree gchar *said = NULL;

    for (guint k = 0; k < 3 && flow == GST_FLOW_OK; k++)
      flow = gst_harness_push (h, slice_new (volume, &info, k, 8));
    g_assert_cmpint (flow, ==, GST_FLOW_ERROR);
    said = pull_error (bus);
    g_test_message ("%s", said);
    g_assert_nonnull (strstr (said, rows[i].said));
    close_element (h, bus);
  }
}

static void
assert_refused (const gchar *more, const gchar *expected)
{
  g_autofree gchar *model = slice_model ("slice");
  g_autofree gchar *launch = g_strdup_printf ("voxelsliceinfer model=\"%s\" %s", model, more);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) element = gst_object_ref_sink (gst_parse_launch (launch, &error));
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autofree gchar *said = NULL;

  g_assert_no_error (error);
  gst_element_set_bus (element, bus);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
  said = pull_error (bus);
  g_test_message ("%s", said);
  g_assert_nonnull (strstr (said, expected));
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
}

/* What is wrong is known before they do. */
static void
test_refused (void)
{
  assert_refused ("backend=cpu", "runs networks on devices only: backend=cpu has none");
  assert_refused ("backend=cpu", "On the CPU voxeltile ! voxelviews ! voxelinfer ! voxelmerge ! voxelstitch");
  assert_refused ("devices=7", "there is no device 7");
  assert_refused ("views=r0,r45", "\"r45\" is no view");
  assert_refused ("model=nowhere", "nowhere");
}

/* The stand-in reads its variables once in a process. */
static void
in_another_process (const gchar *test, const gchar *variable, const gchar *value)
{
  g_autofree gchar *before = g_strdup (g_getenv (variable));

  g_test_message ("%s=%s", variable, value);
  g_setenv (variable, value, TRUE);
  g_test_trap_subprocess (test, 0, 0);
  if (before)
    g_setenv (variable, before, TRUE);
  else
    g_unsetenv (variable);
  g_test_trap_assert_passed ();
}

static void
test_no_device (void)
{
  in_another_process ("/network/voxelsliceinfer-flow/no-device/subprocess", "VOXEL_STAND_IN_DEVICES", "0");
}

static void
find_none (void)
{
  assert_refused ("", "No NVIDIA device");
  assert_refused ("backend=cuda",
                  "On the CPU voxeltile ! voxelviews ! voxelinfer ! voxelmerge ! voxelstitch");
}

/* Whichever launch is refused: that is said, or it was one that was to be recorded only, and is done without a record.
 * Nothing is left at the exit. */
static void
test_fault (void)
{
  for (guint i = 1; i < 40; i += 3) {
    g_autofree gchar *number = g_strdup_printf ("%u", i);

    in_another_process ("/network/voxelsliceinfer-flow/fault/subprocess", "VOXEL_STAND_IN_REFUSED_LAUNCH",
                        number);
  }
}

/* A device that is gone takes all with it that nobody could free. */
static void
test_lost (void)
{
  g_setenv ("VOXEL_STAND_IN_LEAKS", "1", TRUE);
  for (guint i = 5; i < 100; i += 31) {
    g_autofree gchar *number = g_strdup_printf ("%u", i);

    in_another_process ("/network/voxelsliceinfer-flow/lost/subprocess", "VOXEL_STAND_IN_LOST_AT", number);
  }
  g_unsetenv ("VOXEL_STAND_IN_LEAKS");
}

/* Whatever it is that there is no room for. */
static void
test_short_memory (void)
{
  in_another_process ("/network/voxelsliceinfer-flow/short-memory/subprocess", "VOXEL_STAND_IN_MEMORY",
                      "600000");
}

static void
fail_with (const gchar *more, const gchar *expected)
{
  GstHarness *h = open_element ("slice", more);
  GstBus *bus = watch (h);
  g_autoptr (GstVoxelVolume) volume = slice_volume (9, HEIGHT, WIDTH, 16);
  GstFlowReturn flow = GST_FLOW_OK;
  g_autofree gchar *said = NULL;

  for (guint k = 0; k < 9 && flow == GST_FLOW_OK; k++)
    flow = gst_harness_push (h, slice_new (volume, &info, k, 8));
  g_assert_cmpint (flow, ==, GST_FLOW_ERROR);
  said = pull_error (bus);
  g_test_message ("%s", said);
  g_assert_nonnull (strstr (said, expected));
  close_element (h, bus);
}

static void
lose (void)
{
  fail_with ("", "cudaErrorIllegalAddress");
}

static void
run_short (void)
{
  fail_with ("memory-limit=1000000000", " are free. Use smaller tiles");
}

static void
fail_once (void)
{
  GstHarness *h = open_element ("slice", "");
  GstBus *bus = watch (h);
  g_autoptr (GstVoxelVolume) volume = slice_volume (9, HEIGHT, WIDTH, 16);
  GstFlowReturn flow = GST_FLOW_OK;
  g_autofree gchar *said = NULL;

  for (guint k = 0; k < 9 && flow == GST_FLOW_OK; k++)
    flow = gst_harness_push (h, slice_new (volume, &info, k, 8));
  if (flow == GST_FLOW_OK) {
    g_assert_true (gst_harness_push_event (h, gst_event_new_eos ()));
    g_assert_cmpuint (gst_harness_buffers_received (h), ==, 9);
  } else {
    said = pull_error (bus);
    /* Of a kernel, or of one of cuDNN's. */
    g_assert_true (strstr (said, "cudaErrorLaunchOutOfResources") ||
                   strstr (said, "CUDNN_STATUS_EXECUTION_FAILED"));
  }
  close_element (h, bus);
}

int
main (int argc, char **argv)
{
  gint result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  slice_models_save ();
  g_test_add_func ("/network/voxelsliceinfer-flow/under-way", test_under_way);
  g_test_add_func ("/network/voxelsliceinfer-flow/flush-and-sizes", test_flush_and_sizes);
  g_test_add_func ("/network/voxelsliceinfer-flow/missing", test_missing);
  g_test_add_func ("/network/voxelsliceinfer-flow/wrong-slices", test_wrong_slices);
  g_test_add_func ("/network/voxelsliceinfer-flow/refused", test_refused);
  g_test_add_func ("/network/voxelsliceinfer-flow/no-device", test_no_device);
  g_test_add_func ("/network/voxelsliceinfer-flow/no-device/subprocess", find_none);
  g_test_add_func ("/network/voxelsliceinfer-flow/fault", test_fault);
  g_test_add_func ("/network/voxelsliceinfer-flow/fault/subprocess", fail_once);
  g_test_add_func ("/network/voxelsliceinfer-flow/lost", test_lost);
  g_test_add_func ("/network/voxelsliceinfer-flow/lost/subprocess", lose);
  g_test_add_func ("/network/voxelsliceinfer-flow/short-memory", test_short_memory);
  g_test_add_func ("/network/voxelsliceinfer-flow/short-memory/subprocess", run_short);
  result = g_test_run ();
  slice_models_remove ();
  return result;
}
