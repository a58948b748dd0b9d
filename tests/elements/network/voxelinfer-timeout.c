/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A batch that does not fill up: when it is run, and when it must not be pushed any more. */

#include <glib/gstdio.h>
#include <gst/check/gstharness.h>
#include <gst/check/gsttestclock.h>

#include "tests/support/unet-model.h"

#define SIDE 32
#define TIMEOUT (50 * GST_MSECOND)

static gchar *model;

static GstHarness *
new_harness (guint batch)
{
  g_autofree gchar *launch = g_strdup_printf (
      "voxelinfer precision=fp32 threads=1 batch=%u batch-timeout=%" G_GUINT64_FORMAT " model=\"%s\"", batch,
      TIMEOUT, model);
  GstHarness *h = gst_harness_new_parse (launch);

  gst_harness_set_src_caps_str (h, "video/x-raw,format=GRAY8,width=32,height=32,framerate=0/1");
  return h;
}

static GstBuffer *
new_picture (guint i)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, SIDE * SIDE, NULL);

  gst_buffer_memset (buffer, 0, (guint8) (i * 40), SIDE * SIDE);
  GST_BUFFER_PTS (buffer) = i * GST_SECOND;
  return buffer;
}

static void
assert_pulls (GstHarness *h, guint first, guint last)
{
  for (guint i = first; i <= last; i++) {
    g_autoptr (GstBuffer) scores = gst_harness_pull (h);

    g_assert_cmpuint (GST_BUFFER_PTS (scores), ==, i * GST_SECOND);
  }
  g_assert_cmpuint (gst_harness_buffers_in_queue (h), ==, 0);
}

/* With the system's clock: not before the timeout, counted from the last picture, and then all that wait. */
static void
test_real_clock (void)
{
  GstHarness *h = new_harness (4);
  gint64 start;

  gst_harness_use_systemclock (h);
  gst_harness_push (h, new_picture (0));
  start = g_get_monotonic_time ();
  gst_harness_push (h, new_picture (1));
  assert_pulls (h, 0, 1);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, TIMEOUT / 1000);
  for (guint i = 2; i < 6; i++)
    gst_harness_push (h, new_picture (i));
  g_assert_cmpuint (gst_harness_buffers_in_queue (h), ==, 4);
  assert_pulls (h, 2, 5);
  gst_harness_teardown (h);
}

/* An element that has no clock yet, as in PAUSED, takes the system's: else such a pipeline never prerolls. */
static void
test_no_clock (void)
{
  GstHarness *h = new_harness (4);
  g_autoptr (GstElement) element = gst_harness_find_element (h, "voxelinfer");

  gst_element_set_clock (element, NULL);
  gst_harness_push (h, new_picture (0));
  assert_pulls (h, 0, 0);
  gst_harness_teardown (h);
}

/* Every picture begins the time anew; a full batch needs no time; one more timeout brings nothing more. */
static void
test_counts_from_last (void)
{
  GstHarness *h = new_harness (3);
  GstTestClock *clock;

  gst_harness_use_testclock (h);
  clock = gst_harness_get_testclock (h);
  gst_harness_push (h, new_picture (0));
  gst_test_clock_wait_for_next_pending_id (clock, NULL);
  g_assert_cmpuint (gst_test_clock_get_next_entry_time (clock), ==, TIMEOUT);
  gst_test_clock_set_time (clock, TIMEOUT - 1);
  gst_harness_push (h, new_picture (1));
  g_assert_true (gst_test_clock_crank (clock));
  /* The thread has seen that there is more time, and waits again: nothing was run in between. */
  gst_test_clock_wait_for_next_pending_id (clock, NULL);
  g_assert_cmpuint (gst_harness_buffers_in_queue (h), ==, 0);
  g_assert_cmpuint (gst_test_clock_get_next_entry_time (clock), ==, 2 * TIMEOUT - 1);
  g_assert_true (gst_test_clock_crank (clock));
  assert_pulls (h, 0, 1);
  g_assert_cmpuint (gst_test_clock_peek_id_count (clock), ==, 0);

  for (guint i = 2; i < 5; i++)
    gst_harness_push (h, new_picture (i));
  assert_pulls (h, 2, 4);
  g_assert_true (gst_test_clock_crank (clock));
  gst_harness_push (h, new_picture (5));
  g_assert_true (gst_test_clock_crank (clock));
  assert_pulls (h, 5, 5);
  gst_object_unref (clock);
  gst_harness_teardown (h);
}

typedef GstEvent *(*NewEvent) (void);

static GstEvent *
new_caps (void)
{
  g_autoptr (GstCaps) caps =
      gst_caps_from_string ("video/x-raw,format=GRAY16_LE,width=32,height=16,framerate=0/1");

  return gst_event_new_caps (caps);
}

/* What drains leaves nothing for the timer, which then pushes nothing behind it. */
static void
test_drained_before (gconstpointer data)
{
  NewEvent new_event = data;
  GstHarness *h = new_harness (4);
  GstTestClock *clock;
  guint events;

  gst_harness_use_testclock (h);
  clock = gst_harness_get_testclock (h);
  gst_harness_push (h, new_picture (0));
  gst_test_clock_wait_for_next_pending_id (clock, NULL);
  g_assert_true (gst_harness_push_event (h, new_event ()));
  assert_pulls (h, 0, 0);
  events = gst_harness_events_received (h);
  g_assert_true (gst_test_clock_crank (clock));
  g_usleep (2000);
  g_assert_cmpuint (gst_harness_buffers_in_queue (h), ==, 0);
  g_assert_cmpuint (gst_harness_events_received (h), ==, events);
  gst_object_unref (clock);
  gst_harness_teardown (h);
}

/* Flushed pictures are gone; the timeout that ran for them does not touch those that follow. */
static void
test_flush (void)
{
  GstHarness *h = new_harness (4);
  GstTestClock *clock;
  GstSegment segment;

  gst_harness_use_testclock (h);
  clock = gst_harness_get_testclock (h);
  gst_harness_push (h, new_picture (0));
  gst_test_clock_wait_for_next_pending_id (clock, NULL);
  gst_harness_push_event (h, gst_event_new_flush_start ());
  g_assert_true (gst_test_clock_crank (clock));
  g_usleep (2000);
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  g_assert_cmpuint (gst_harness_buffers_in_queue (h), ==, 0);
  gst_harness_push (h, new_picture (2));
  g_assert_true (gst_test_clock_crank (clock));
  assert_pulls (h, 2, 2);
  gst_object_unref (clock);
  gst_harness_teardown (h);
}

static GstPadProbeReturn
refuse (GstPad *pad, GstPadProbeInfo *info, gpointer refused)
{
  g_atomic_int_inc ((gint *) refused);
  gst_buffer_unref (GST_PAD_PROBE_INFO_BUFFER (info));
  GST_PAD_PROBE_INFO_DATA (info) = NULL;
  GST_PAD_PROBE_INFO_FLOW_RETURN (info) = GST_FLOW_NOT_LINKED;
  return GST_PAD_PROBE_HANDLED;
}

/* What downstream answers to the timer's push, upstream hears with its next picture, once. */
static void
test_flow (void)
{
  GstHarness *h = new_harness (4);
  GstTestClock *clock;
  gint refused = 0;
  gulong probe;

  gst_harness_use_testclock (h);
  clock = gst_harness_get_testclock (h);
  probe = gst_pad_add_probe (h->sinkpad, GST_PAD_PROBE_TYPE_BUFFER, refuse, &refused, NULL);
  g_assert_cmpint (gst_harness_push (h, new_picture (0)), ==, GST_FLOW_OK);
  g_assert_true (gst_test_clock_crank (clock));
  while (!g_atomic_int_get (&refused))
    g_usleep (100);
  g_assert_cmpint (gst_harness_push (h, new_picture (1)), ==, GST_FLOW_NOT_LINKED);
  gst_pad_remove_probe (h->sinkpad, probe);
  g_assert_cmpint (gst_harness_push (h, new_picture (2)), ==, GST_FLOW_OK);
  gst_harness_push_event (h, gst_event_new_eos ());
  assert_pulls (h, 2, 2);
  gst_object_unref (clock);
  gst_harness_teardown (h);
}

/* NULL at any moment, also while the timer's push is blocked downstream. */
static void
test_state_changes (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (guint turn = 0; turn < 40; turn++) {
    g_autofree gchar *launch = g_strdup_printf (
        "videotestsrc is-live=true ! video/x-raw,format=GRAY8,width=32,height=32,framerate=100/1 "
        "! voxelinfer threads=1 precision=fp32 batch=%u batch-timeout=%u model=\"%s\" ! %s",
        2 + turn % 3, turn % 2 ? 1 : 4000000, model,
        turn % 4 < 2 ? "fakesink sync=false"
                     : "queue max-size-buffers=1 ! fakesink sync=true ts-offset=900000000");
    g_autoptr (GstElement) pipeline = gst_parse_launch (launch, NULL);

    g_assert_nonnull (pipeline);
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    g_usleep ((gulong) g_rand_int_range (random, 0, 60000));
    if (turn % 5 == 0)
      gst_element_send_event (pipeline, gst_event_new_flush_start ());
    if (turn % 3 == 0)
      gst_element_set_state (pipeline, GST_STATE_PAUSED);
    g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_NULL), ==, GST_STATE_CHANGE_SUCCESS);
  }
}

int
main (int argc, char **argv)
{
  g_autofree gchar *folder = NULL;
  gint result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("voxelinfer-XXXXXX", NULL);
  model = g_build_filename (folder, "model.safetensors", NULL);
  unet_model_save (model, 4, 2, 1, "slice");
  g_test_add_func ("/network/voxelinfer-timeout/real-clock", test_real_clock);
  g_test_add_func ("/network/voxelinfer-timeout/no-clock", test_no_clock);
  g_test_add_func ("/network/voxelinfer-timeout/counts-from-last", test_counts_from_last);
  g_test_add_data_func ("/network/voxelinfer-timeout/eos", (gconstpointer) gst_event_new_eos,
                        test_drained_before);
  g_test_add_data_func ("/network/voxelinfer-timeout/caps", (gconstpointer) new_caps, test_drained_before);
  g_test_add_func ("/network/voxelinfer-timeout/flush", test_flush);
  g_test_add_func ("/network/voxelinfer-timeout/flow", test_flow);
  g_test_add_func ("/network/voxelinfer-timeout/state-changes", test_state_changes);
  result = g_test_run ();
  g_remove (model);
  g_rmdir (folder);
  g_free (model);
  return result;
}
