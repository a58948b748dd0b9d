/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#include "elements/stream/voxel.h"
#include "../volume/tiff-fixture.h"

#define WIDTH 11
#define HEIGHT 7
#define SLICES 5

static const Fixture form = {.width = WIDTH, .height = HEIGHT, .pages = SLICES, .bits = 1, .photometric = 1};

typedef struct {
  gchar *folder;
  gchar *path;
  GstHarness *harness;
  GstBus *bus;
} Setup;

static void
setup (Setup *s, gconstpointer data)
{
  g_autofree gchar *launch = NULL;

  s->folder = fixture_folder_new ();
  s->path = fixture_write (s->folder, "region.tif", &form);
  launch = g_strdup_printf ("voxelmask location=\"%s\"", s->path);
  s->harness = gst_harness_new_parse (launch);
  s->bus = gst_bus_new ();
  gst_element_set_bus (s->harness->element, s->bus);
}

static void
teardown (Setup *s, gconstpointer data)
{
  gst_element_set_bus (s->harness->element, NULL);
  gst_object_unref (s->bus);
  gst_harness_teardown (s->harness);
  g_free (s->path);
  fixture_folder_free (s->folder);
}

static void
set_caps (Setup *s, gboolean wide, guint width, guint height)
{
  g_autofree gchar *caps = g_strdup_printf ("video/x-raw,format=%s,width=%u,height=%u,framerate=25/1",
                                            wide ? "GRAY16_LE" : "GRAY8", width, height);

  gst_harness_set_src_caps_str (s->harness, caps);
}

/* Pixels of one value, in rows of GStreamer's default stride. */
static GstBuffer *
make_slice (gboolean wide, guint width, guint height, GstVoxelVolume *volume, GstVoxelAxis axis, guint index)
{
  GstVideoInfo info;
  GstBuffer *buffer;

  gst_video_info_set_format (&info, wide ? GST_VIDEO_FORMAT_GRAY16_LE : GST_VIDEO_FORMAT_GRAY8, width,
                             height);
  buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&info), NULL);
  gst_buffer_memset (buffer, 0, 200, GST_VIDEO_INFO_SIZE (&info));
  GST_BUFFER_PTS (buffer) = index * GST_SECOND;
  if (volume)
    gst_buffer_add_voxel_slice_meta (buffer, volume, axis, GST_VOXEL_CONTENT_MASK, index, index, index);
  return buffer;
}

/* The part of page @page that begins at @x0, @y0. */
static void
assert_masked (GstBuffer *buffer, gboolean wide, guint width, guint height, guint page, guint x0, guint y0)
{
  GstVideoInfo info;
  GstVideoFrame frame;
  guint kept = 0;

  gst_video_info_set_format (&info, wide ? GST_VIDEO_FORMAT_GRAY16_LE : GST_VIDEO_FORMAT_GRAY8, width,
                             height);
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  for (guint y = 0; y < height; y++) {
    const guint8 *row =
        (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) + y * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0);

    for (guint x = 0; x < width; x++) {
      guint set = fixture_pixel (&form, page, x0 + x, y0 + y);

      g_assert_cmpuint (wide ? GST_READ_UINT16_LE (row + 2 * x) : row[x], ==,
                        set ? (wide ? 200 * 257u : 200u) : 0u);
      kept += set;
    }
  }
  gst_video_frame_unmap (&frame);
  g_assert_cmpuint (kept, >, 0);
  g_assert_cmpuint (kept, <, width * height);
}

static void
test_whole (Setup *s, gconstpointer data)
{
  gboolean wide = GPOINTER_TO_INT (data);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", SLICES, HEIGHT, WIDTH, 8);

  set_caps (s, wide, WIDTH, HEIGHT);
  for (guint i = 0; i < SLICES; i++) {
    g_autoptr (GstBuffer) out = NULL;

    out =
        gst_harness_push_and_pull (s->harness, make_slice (wide, WIDTH, HEIGHT, volume, GST_VOXEL_AXIS_Z, i));
    assert_masked (out, wide, WIDTH, HEIGHT, i, 0, 0);
    g_assert_nonnull (gst_buffer_get_voxel_slice_meta (out));
  }
}

/* A part of the scan finds its part of the second stack. */
static void
test_part (Setup *s, gconstpointer data)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", 2, 5, 6, 8);
  g_autoptr (GstBuffer) out = NULL;

  volume->origin[0] = 2;
  volume->origin[1] = 1;
  volume->origin[2] = 3;
  set_caps (s, FALSE, 6, 5);
  out = gst_harness_push_and_pull (s->harness, make_slice (FALSE, 6, 5, volume, GST_VOXEL_AXIS_Z, 1));
  assert_masked (out, FALSE, 6, 5, 3, 3, 1);
}

static void
assert_error (Setup *s, GQuark domain, gint code, const gchar *needle)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (s->bus, GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, needle));
}

static void
test_refused (Setup *s, gconstpointer data)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", 9, HEIGHT, WIDTH, 8);

  set_caps (s, FALSE, WIDTH, HEIGHT);
  g_assert_cmpint (
      gst_harness_push (s->harness, make_slice (FALSE, WIDTH, HEIGHT, volume, GST_VOXEL_AXIS_Z, SLICES)), ==,
      GST_FLOW_ERROR);
  assert_error (s, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT, s->path);
  g_assert_cmpint (
      gst_harness_push (s->harness, make_slice (FALSE, WIDTH, HEIGHT, volume, GST_VOXEL_AXIS_Y, 0)), ==,
      GST_FLOW_ERROR);
  assert_error (s, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE, "along y");
  g_assert_cmpint (
      gst_harness_push (s->harness, make_slice (FALSE, WIDTH, HEIGHT, NULL, GST_VOXEL_AXIS_Z, 0)), ==,
      GST_FLOW_ERROR);
  set_caps (s, FALSE, WIDTH + 1, HEIGHT);
  g_assert_cmpint (
      gst_harness_push (s->harness, make_slice (FALSE, WIDTH + 1, HEIGHT, volume, GST_VOXEL_AXIS_Z, 0)), ==,
      GST_FLOW_ERROR);
}

static void
assert_does_not_start (const gchar *location, GQuark domain, gint code)
{
  g_autoptr (GstElement) element = gst_element_factory_make ("voxelmask", NULL);
  Setup s = {.bus = gst_bus_new ()};

  gst_object_ref_sink (element);
  gst_element_set_bus (element, s.bus);
  g_object_set (element, "location", location, NULL);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
  assert_error (&s, domain, code, "");
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (s.bus);
}

static void
test_location (void)
{
  assert_does_not_start (NULL, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND);
  assert_does_not_start ("/nowhere/at-all.tif", GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/voxelmask/whole/8", Setup, GINT_TO_POINTER (FALSE), setup, test_whole, teardown);
  g_test_add ("/voxelmask/whole/16", Setup, GINT_TO_POINTER (TRUE), setup, test_whole, teardown);
  g_test_add ("/voxelmask/part", Setup, NULL, setup, test_part, teardown);
  g_test_add ("/voxelmask/refused", Setup, NULL, setup, test_refused, teardown);
  g_test_add_func ("/voxelmask/location", test_location);
  return g_test_run ();
}
