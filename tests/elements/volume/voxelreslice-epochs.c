/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Volumes that are held until the end of the stream: sent epoch after epoch, within the memory allowed, and left at any
 * moment. */

#include "reslice-both.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Without shuffle epochs repeat volume after volume and axis after axis, each a pass. */
static void
test_in_turn (gconstpointer description)
{
  static const struct {
    const gchar *id;
    guint counts[3];
  } volumes[] = {{"one", {DEPTH, HEIGHT, WIDTH}}, {"two", {SECOND_DEPTH, SECOND_HEIGHT, SECOND_WIDTH}}};
  GstClockTime base = 0;
  guint segments = 0;
  GstEvent *event;
  Fixture f;

  fixture_open (&f, description);
  push_both (&f);
  for (guint epoch = 0; epoch < 2; epoch++) {
    for (guint v = 0; v < 2; v++) {
      for (guint axis = 0; axis < 3; axis++) {
        for (guint i = 0; i < volumes[v].counts[axis]; i++) {
          g_autofree gchar *name = take_slice (&f, epoch, FALSE);
          g_autofree gchar *expected = g_strdup_printf ("%s %c %u", volumes[v].id, "zyx"[axis], i);

          g_assert_cmpstr (name, ==, expected);
        }
      }
    }
  }
  g_assert_null (gst_harness_try_pull (f.h));
  while ((event = gst_harness_try_pull_event (f.h))) {
    GstSegment segment;

    if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT) {
      gst_event_copy_segment (event, &segment);
      g_assert_cmpuint (segment.base, ==, base * GST_SECOND / 25);
      base += volumes[segments / 3 % 2].counts[segments % 3];
      segments++;
    }
    gst_event_unref (event);
  }
  g_assert_cmpuint (segments, ==, 12);
  fixture_close (&f);
}

static void
test_segment_done (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);
  Fixture f;

  fixture_open (&f, "voxelreslice axes=z epochs=3 shuffle=true");
  for (guint n = 0; n < 2; n++) {
    push_range (&f, volume, GRAY16, 0, DEPTH - 1, DEPTH - 1, pixel_16);
    g_assert_cmpuint (gst_harness_buffers_in_queue (f.h), ==, 0);
    g_assert_true (gst_harness_push_event (f.h, gst_event_new_segment_done (GST_FORMAT_TIME, 0)));
    g_assert_cmpuint (gst_harness_buffers_in_queue (f.h), ==, 3 * DEPTH);
    while (gst_harness_buffers_in_queue (f.h))
      gst_buffer_unref (gst_harness_pull (f.h));
  }
  fixture_close (&f);
}

static void
test_progress (void)
{
  static const gchar *const stages[] = {"epoch 1", "epoch 2", "epoch 3"};
  guint found = 0;
  GstMessage *message;
  Fixture f;

  fixture_open (&f, "voxelreslice shuffle=true epochs=3");
  push_both (&f);
  while ((message = gst_bus_pop_filtered (f.bus, GST_MESSAGE_ELEMENT))) {
    const GstStructure *structure = gst_message_get_structure (message);
    gint64 current, total;

    g_assert_true (gst_structure_get (structure, "current", G_TYPE_INT64, &current, "total", G_TYPE_INT64,
                                      &total, NULL));
    if (g_str_has_prefix (gst_structure_get_string (structure, "stage"), "epoch")) {
      g_assert_cmpint (total, ==, BOTH);
      if (current == total)
        g_assert_cmpstr (gst_structure_get_string (structure, "stage"), ==, stages[found++]);
    }
    gst_message_unref (message);
  }
  g_assert_cmpuint (found, ==, 3);
  fixture_close (&f);
}

static GstFlowReturn
take_some (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  gint *left = g_object_get_data (G_OBJECT (pad), "left");

  gst_buffer_unref (buffer);
  return g_atomic_int_dec_and_test (left) ? GST_FLOW_EOS : GST_FLOW_OK;
}

static void
open_endless (Fixture *f, const gchar *description, gint *left)
{
  fixture_open (f, description);
  g_object_set_data (G_OBJECT (f->h->sinkpad), "left", left);
  gst_pad_set_chain_function (f->h->sinkpad, take_some);
}

/* Downstream wants no more: that is how an endless stream ends. */
static void
test_enough (gconstpointer description)
{
  gint left = 5 * (gint) BOTH + 7;
  gboolean ended = FALSE;
  GstEvent *event;
  Fixture f;

  open_endless (&f, description, &left);
  push_both (&f);
  g_assert_cmpint (left, ==, 0);
  while ((event = gst_harness_try_pull_event (f.h))) {
    ended |= GST_EVENT_TYPE (event) == GST_EVENT_EOS;
    gst_event_unref (event);
  }
  g_assert_true (ended);
  g_assert_null (gst_bus_pop_filtered (f.bus, GST_MESSAGE_ERROR));
  fixture_close (&f);
}

static gpointer
push_end (gpointer data)
{
  gst_pad_push_event (((Fixture *) data)->h->srcpad, gst_event_new_eos ());
  return NULL;
}

/* Shut down or flushed in the middle of what never ends, then used again. */
static void
test_leave (void)
{
  for (guint n = 0; n < 40; n++) {
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, 16);
    gint left = -1, seen;
    GstSegment segment;
    GThread *thread;
    Fixture f;

    open_endless (
        &f, n % 2 ? "voxelreslice epochs=0" : "voxelreslice epochs=0 shuffle=true oblique=3 memory-limit=1",
        &left);
    g_assert_cmpint (push_labelled (&f, volume, GRAY16, pixel_16), ==, GST_FLOW_OK);
    thread = g_thread_new ("end", push_end, &f);
    while (g_atomic_int_get (&left) > -2 - (gint) n * 10)
      g_usleep (100);
    if (n % 4 < 2) {
      gst_harness_push_event (f.h, gst_event_new_flush_start ());
      g_thread_join (thread);
      seen = g_atomic_int_get (&left);
      gst_harness_push_event (f.h, gst_event_new_flush_stop (TRUE));
      gst_segment_init (&segment, GST_FORMAT_TIME);
      gst_harness_push_event (f.h, gst_event_new_segment (&segment));
      g_assert_cmpint (push_labelled (&f, volume, GRAY16, pixel_16), ==, GST_FLOW_OK);
      g_assert_cmpint (g_atomic_int_get (&left), ==, seen);
      thread = g_thread_new ("end", push_end, &f);
      while (g_atomic_int_get (&left) == seen)
        g_usleep (100);
    }
    gst_element_set_state (f.h->element, GST_STATE_NULL);
    g_thread_join (thread);
    g_assert_null (gst_bus_pop_filtered (f.bus, GST_MESSAGE_ERROR));
    fixture_close (&f);
  }
}

static void
test_refused (void)
{
  static const gchar *const wrong[] = {
      "shuffle=true hold=false", "epochs=2 hold=false", "epochs=0 hold=false", "oblique=1 hold=false",
      "shuffle=true skip=z:1",   "epochs=0 skip=z:1",   "oblique=1 skip=y:1"};

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree gchar *text = g_strdup_printf ("voxelreslice %s", wrong[i]);
    g_autofree gchar *said = NULL;
    g_autoptr (GstElement) element = gst_object_ref_sink (gst_parse_launch (text, NULL));
    GstBus *bus = gst_bus_new ();

    gst_element_set_bus (element, bus);
    g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
    said = take_error (bus);
    g_assert_nonnull (strstr (said, "shuffle, epochs"));
    gst_element_set_state (element, GST_STATE_NULL);
    gst_element_set_bus (element, NULL);
    unwatch (bus);
  }
}

static void
test_empty (void)
{
  static const gchar *const learning[] = {"shuffle=true", "epochs=0", "epochs=2", "shuffle=true epochs=0"};

  for (gsize i = 0; i < G_N_ELEMENTS (learning); i++) {
    g_autofree gchar *text = g_strdup_printf ("voxelreslice %s", learning[i]);
    g_autofree gchar *said = NULL;
    Fixture f;

    fixture_open (&f, text);
    g_assert_false (gst_harness_push_event (f.h, gst_event_new_eos ()));
    said = take_error (f.bus);
    g_assert_nonnull (strstr (said, "No slice came"));
    fixture_close (&f);
  }
}

static gchar *debug_file;

/* The largest number of bytes of which it says in @text that they are its memory. */
static guint64
find_most (const gchar *text, guint *told)
{
  guint64 most = 0;

  for (const gchar *at = text; (at = strstr (at, " bytes of memory")); at++) {
    const gchar *number = at;

    while (number > text && g_ascii_isdigit (number[-1]))
      number--;
    most = MAX (most, g_ascii_strtoull (number, NULL, 10));
    (*told)++;
  }
  return most;
}

/* Voxels and labels of both volumes, while they come and while they are sent, as soon as the limit has room for the
 * least that each needs. */
static void
test_memory (void)
{
  static const guint64 limits[] = {16 << 20, 6 << 20, 4 << 20, 3 << 20};
  static const gchar *const orders[] = {"epochs=2", "shuffle=true", "shuffle=true oblique=9"};
  gsize before = 0;

  gst_debug_set_threshold_for_name ("voxelreslice", GST_LEVEL_INFO);
  for (gsize i = 0; i < G_N_ELEMENTS (limits) * G_N_ELEMENTS (orders); i++) {
    guint64 limit = limits[i / G_N_ELEMENTS (orders)], most;
    g_autofree gchar *text = g_strdup_printf ("voxelreslice %s memory-limit=%" G_GUINT64_FORMAT,
                                              orders[i % G_N_ELEMENTS (orders)], limit);
    g_autofree gchar *said = NULL;
    guint told = 0;
    gsize size;
    Fixture f;

    fixture_open (&f, text);
    for (guint n = 0; n < 2; n++) {
      g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", 150, HEIGHT, WIDTH, 16);

      g_assert_cmpint (push_labelled (&f, volume, GRAY16, pixel_16), ==, GST_FLOW_OK);
    }
    g_assert_true (gst_harness_push_event (f.h, gst_event_new_eos ()));
    fixture_close (&f);
    g_assert_true (g_file_get_contents (debug_file, &said, &size, NULL));
    most = find_most (said + before, &told);
    before = size;
    g_assert_cmpuint (told, >=, 3);
    g_assert_cmpuint (most, >, 1 << 20);
    g_assert_cmpuint (most, <=, limit);
  }
  gst_debug_unset_threshold_for_name ("voxelreslice");
}

int
main (int argc, char **argv)
{
  gint status, file = g_file_open_tmp ("voxel-XXXXXX.log", &debug_file, NULL);

  g_assert_cmpint (file, >=, 0);
  g_setenv ("GST_DEBUG_FILE", debug_file, TRUE);
  g_setenv ("GST_DEBUG_NO_COLOR", "1", TRUE);
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/voxelreslice-epochs/in-turn/memory", "voxelreslice epochs=2", test_in_turn);
  g_test_add_data_func ("/voxelreslice-epochs/in-turn/some", "voxelreslice epochs=2 memory-limit=2500000",
                        test_in_turn);
  g_test_add_data_func ("/voxelreslice-epochs/in-turn/scratch", "voxelreslice epochs=2 memory-limit=1",
                        test_in_turn);
  g_test_add_func ("/voxelreslice-epochs/segment-done", test_segment_done);
  g_test_add_func ("/voxelreslice-epochs/progress", test_progress);
  g_test_add_data_func ("/voxelreslice-epochs/enough/in-turn", "voxelreslice epochs=0", test_enough);
  g_test_add_data_func ("/voxelreslice-epochs/enough/shuffled", "voxelreslice epochs=0 shuffle=true",
                        test_enough);
  g_test_add_func ("/voxelreslice-epochs/leave", test_leave);
  g_test_add_func ("/voxelreslice-epochs/refused", test_refused);
  g_test_add_func ("/voxelreslice-epochs/empty", test_empty);
  g_test_add_func ("/voxelreslice-epochs/memory", test_memory);
  status = g_test_run ();
  close (file);
  g_unlink (debug_file);
  g_free (debug_file);
  return status;
}
