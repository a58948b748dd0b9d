/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reslice-fixture.h"

#include <string.h>

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
  g_test_add_func ("/voxelreslice-ends/errors", test_errors);
  g_test_add_func ("/voxelreslice-ends/bad-axes", test_bad_axes);
  g_test_add_func ("/voxelreslice-ends/downstream-stops", test_downstream_stops);
  g_test_add_func ("/voxelreslice-ends/shut-down", test_shut_down);
  return g_test_run ();
}
