/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reslice-fixture.h"

#include <string.h>

#include "elements/volume/volume-rescale.h"

#define GRAY8 GST_VIDEO_FORMAT_GRAY8

/* What the algorithm makes of the volume that @make tells of, which is tested by itself. */
static GBytes *
expected_slice (const GstVoxelVolume *volume, const GstVoxelVolume *sent, GstVideoFormat format,
                MakePixel make, guint first, guint depth, const gdouble ratio[3], guint index)
{
  guint bytes = format == GRAY8 ? 1 : 2, height = volume->shape[1], width = volume->shape[2], taps;
  VoxelVolumeRescaleForm form = {.in = {height, width},
                                 .out = {sent->shape[1], sent->shape[2]},
                                 .ratio = {ratio[0], ratio[1], ratio[2]},
                                 .method = VOXEL_RESCALE_CUBIC,
                                 .antialias = TRUE,
                                 .pixel_size = bytes};
  g_autoptr (VoxelVolumeRescale) rescale = voxel_volume_rescale_new (&form, 1);
  gint64 from = voxel_volume_rescale_window (rescale, index, &taps);
  g_autofree VoxelVolumeRescaleSlice *slices = g_new (VoxelVolumeRescaleSlice, taps);
  g_autofree guint16 *pixels = g_new (guint16, (gsize) taps * height * width);
  gsize size = (gsize) form.out[0] * form.out[1] * bytes;
  guint8 *out = g_malloc (size);

  for (guint k = 0; k < taps; k++) {
    guint z = (guint) CLAMP (from + k, 0, (gint64) depth - 1) + first;
    guint16 *slice = pixels + (gsize) k * height * width;

    for (guint i = 0; i < height * width; i++) {
      if (bytes == 1)
        ((guint8 *) slice)[i] = (guint8) make (z, i / width, i % width);
      else
        slice[i] = GUINT16_TO_LE ((guint16) make (z, i / width, i % width));
    }
    slices[k] = (VoxelVolumeRescaleSlice){(const guint8 *) slice, (gsize) width * bytes};
  }
  voxel_volume_rescale_slice (rescale, index, slices, out, (gsize) form.out[1] * bytes);
  return g_bytes_new_take (out, size);
}

static void
check_pixels (GstBuffer *buffer, GstVideoFormat format, guint width, guint height, GBytes *expected)
{
  const guint8 *wanted = g_bytes_get_data (expected, NULL);
  gsize row = (gsize) width * (format == GRAY8 ? 1 : 2);
  GstVideoInfo info;
  GstVideoFrame frame;

  gst_video_info_set_format (&info, format, width, height);
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  for (guint y = 0; y < height; y++)
    g_assert_cmpmem ((guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) +
                         y * (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0),
                     row, wanted + y * row, row);
  gst_video_frame_unmap (&frame);
}

/* All slices of a volume of which @first to @last came, whatever the sizes are. */
static void
check_volume (Fixture *f, const GstVoxelVolume *volume, GstVideoFormat format, MakePixel make, guint first,
              guint depth, const gdouble ratio[3])
{
  guint count = voxel_rescale_side (depth, ratio[0]);

  for (guint i = 0; i < count; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_try_pull (f->h);
    const GstVoxelSliceMeta *slice;
    g_autoptr (GBytes) expected = NULL;

    g_assert_nonnull (buffer);
    slice = gst_buffer_get_voxel_slice_meta (buffer);
    g_assert_nonnull (slice);
    g_assert_cmpuint (slice->index, ==, i);
    g_assert_cmpuint (slice->first, ==, 0);
    g_assert_cmpuint (slice->axis, ==, GST_VOXEL_AXIS_Z);
    g_assert_cmpuint (slice->content, ==, GST_VOXEL_CONTENT_INTENSITY);
    for (guint a = 1; a < 3; a++)
      g_assert_cmpuint (slice->volume->shape[a], ==, voxel_rescale_side (volume->shape[a], ratio[a]));
    if (i == count - 1) {
      g_assert_cmpuint (slice->last, ==, i);
      g_assert_cmpuint (slice->volume->shape[0], ==, count);
      g_assert_cmpuint (slice->volume->scanned_shape[0], ==, depth);
    }
    expected = expected_slice (volume, slice->volume, format, make, first, depth, ratio, i);
    check_pixels (buffer, format, slice->volume->shape[2], slice->volume->shape[1], expected);
  }
}

static void
test_values (void)
{
  static const struct {
    const gchar *launch;
    gdouble ratio[3];
  } ways[] = {
      {"voxelrescale scale=1.26 threads=1", {1. / 1.26, 1. / 1.26, 1. / 1.26}},
      {"voxelrescale spacing=3 threads=2", {1., 1.5, 3.}},
      {"voxelrescale spacing=1.5,0,2.5 threads=0", {.5, 1., 2.5}},
      {"voxelrescale spacing=3,2,1 scale=1,2,.5 threads=3", {1., .5, 2.}},
      {"voxelrescale scale=.3", {1. / .3, 1. / .3, 1. / .3}},
  };

  for (guint w = 0; w < G_N_ELEMENTS (ways); w++)
    for (guint bits = 8; bits <= 16; bits += 8) {
      g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", DEPTH, HEIGHT, WIDTH, bits);
      GstVideoFormat format = bits == 8 ? GRAY8 : GRAY16;
      MakePixel make = bits == 8 ? pixel_8 : pixel_16;
      Fixture f;

      memcpy (volume->spacing, (const gdouble[]){3., 2., 1.}, sizeof volume->spacing);
      fixture_open (&f, ways[w].launch);
      g_assert_cmpint (push_range (&f, volume, format, 0, DEPTH - 1, DEPTH - 1, make), ==, GST_FLOW_OK);
      check_volume (&f, volume, format, make, 0, DEPTH, ways[w].ratio);
      g_assert_true (gst_harness_push_event (f.h, gst_event_new_eos ()));
      g_assert_null (gst_harness_try_pull (f.h));
      fixture_close (&f);
    }
}

static void
test_record (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", DEPTH, HEIGHT, WIDTH, 16);
  const gchar *names[DEPTH + 1] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  g_autoptr (GstBuffer) buffer = NULL;
  const GstVoxelVolume *sent;
  Fixture f;

  volume->names = g_strdupv ((gchar **) names);
  memcpy (volume->spacing, (const gdouble[]){3., 2., 1.}, sizeof volume->spacing);
  memcpy (volume->origin, (const guint[]){5, 6, 7}, sizeof volume->origin);
  fixture_open (&f, "voxelrescale spacing=3 scale=2");
  g_assert_cmpint (push_range (&f, volume, GRAY16, 0, DEPTH - 1, DEPTH - 1, pixel_16), ==, GST_FLOW_OK);
  buffer = gst_harness_pull (f.h);
  sent = gst_buffer_get_voxel_slice_meta (buffer)->volume;
  g_assert_cmpuint (sent->serial, ==, volume->serial);
  g_assert_cmpuint (sent->shape[0], ==, 2 * DEPTH);
  g_assert_null (sent->names);
  for (guint a = 0; a < 3; a++) {
    g_assert_cmpuint (sent->origin[a], ==, volume->origin[a]);
    g_assert_cmpuint (sent->scanned_shape[a], ==, volume->shape[a]);
    g_assert_cmpfloat (sent->scanned_spacing[a], ==, volume->spacing[a]);
    g_assert_cmpfloat (sent->spacing[a], ==, 1.5);
    g_assert_cmpfloat (sent->scanned_ratio[a], ==, 1.5 / volume->spacing[a]);
  }
  g_assert_true (g_strv_equal ((const gchar *const *) sent->scanned_names, names));
  fixture_close (&f);
}

/* A part of a volume becomes a volume of its own; volumes whose depth nobody knows; one behind the other. */
static void
test_volumes (void)
{
  static const gdouble ratio[] = {1. / 1.26, 1. / 1.26, 1. / 1.26}, larger[] = {2.5, 2.5, 2.5};
  g_autoptr (GstVoxelVolume) first = gst_voxel_volume_new ("a", DEPTH, HEIGHT, WIDTH, 16);
  g_autoptr (GstVoxelVolume) second = gst_voxel_volume_new ("b", 0, HEIGHT, WIDTH, 16);
  g_autoptr (GstVoxelVolume) third = gst_voxel_volume_new ("c", 1, HEIGHT, WIDTH, 16);

  for (guint way = 0; way < 2; way++) {
    const gdouble *used = way ? larger : ratio;
    Fixture f;

    fixture_open (&f, way ? "voxelrescale scale=.4" : "voxelrescale scale=1.26");
    g_assert_cmpint (push_range (&f, first, GRAY16, 3, 8, 8, pixel_16), ==, GST_FLOW_OK);
    check_volume (&f, first, GRAY16, pixel_16, 3, 6, used);
    g_assert_null (gst_harness_try_pull (f.h));
    g_assert_cmpint (push_range (&f, second, GRAY16, 0, GST_VOXEL_INDEX_UNKNOWN, 6, pixel_16), ==,
                     GST_FLOW_OK);
    g_assert_cmpint (push_range (&f, third, GRAY16, 0, 0, 0, pixel_16), ==, GST_FLOW_OK);
    check_volume (&f, second, GRAY16, pixel_16, 0, 7, used);
    check_volume (&f, third, GRAY16, pixel_16, 0, 1, used);
    g_assert_cmpint (push_range (&f, second, GRAY16, 0, GST_VOXEL_INDEX_UNKNOWN, 2, pixel_16), ==,
                     GST_FLOW_OK);
    g_assert_true (gst_harness_push_event (f.h, gst_event_new_segment_done (GST_FORMAT_TIME, -1)));
    check_volume (&f, second, GRAY16, pixel_16, 0, 3, used);
    fixture_close (&f);
  }
}

/* No more is held than is needed, and nothing of it stays behind a flush. */
static void
test_held (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", 0, HEIGHT, WIDTH, 16);
  GPtrArray *slices = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  guint held = 0;
  Fixture f;

  fixture_open (&f, "voxelrescale scale=1.3");
  send_caps (f.h, volume, GST_VOXEL_AXIS_Z, GRAY16, "25/1");
  for (guint i = 0; i < 200; i++) {
    GstBuffer *slice = make_slice (volume, GST_VOXEL_AXIS_Z, GRAY16, GST_VOXEL_CONTENT_INTENSITY, i, 0,
                                   GST_VOXEL_INDEX_UNKNOWN, pixel_16);

    g_ptr_array_add (slices, gst_buffer_ref (slice));
    g_assert_cmpint (gst_harness_push (f.h, slice), ==, GST_FLOW_OK);
  }
  g_assert_cmpuint (gst_harness_buffers_in_queue (f.h), >=, 255);
  for (guint i = 0; i < slices->len; i++)
    held += GST_MINI_OBJECT_REFCOUNT_VALUE (g_ptr_array_index (slices, i)) > 1;
  g_assert_cmpuint (held, <=, 4);
  gst_harness_push_event (f.h, gst_event_new_flush_start ());
  gst_harness_push_event (f.h, gst_event_new_flush_stop (TRUE));
  for (guint i = 0; i < slices->len; i++)
    g_assert_cmpint (GST_MINI_OBJECT_REFCOUNT_VALUE (g_ptr_array_index (slices, i)), ==, 1);
  g_ptr_array_unref (slices);
  fixture_close (&f);
}

/* What needs nothing is not touched. */
static void
test_passes (void)
{
  static const gchar *const ways[] = {"voxelrescale", "voxelrescale back=true",
                                      "voxelrescale spacing=2.0000001", "voxelrescale scale=1"};

  for (guint w = 0; w < G_N_ELEMENTS (ways); w++) {
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", DEPTH, HEIGHT, WIDTH, 16);
    Fixture f;

    for (guint a = 0; a < 3; a++)
      volume->spacing[a] = 2.;
    fixture_open (&f, ways[w]);
    send_caps (f.h, volume, GST_VOXEL_AXIS_Z, GRAY16, "25/1");
    for (guint i = 0; i < DEPTH; i++) {
      GstBuffer *slice = make_slice (volume, GST_VOXEL_AXIS_Z, GRAY16, GST_VOXEL_CONTENT_INTENSITY, i, 0,
                                     DEPTH - 1, pixel_16);
      g_autoptr (GstBuffer) out = NULL;

      g_assert_cmpint (gst_harness_push (f.h, slice), ==, GST_FLOW_OK);
      out = gst_harness_try_pull (f.h);
      g_assert_true (out == slice);
      g_assert_true (gst_buffer_get_voxel_slice_meta (out)->volume == volume);
    }
    fixture_close (&f);
  }
}

/* The times are those of the slices that it stands for. */
static void
test_times (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", DEPTH, HEIGHT, WIDTH, 16);
  g_autoptr (GstCaps) caps = NULL;
  GstStructure *structure;
  gint n, d;
  Fixture f;

  fixture_open (&f, "voxelrescale scale=2,1,1");
  g_assert_cmpint (push_range (&f, volume, GRAY16, 0, DEPTH - 1, DEPTH - 1, pixel_16), ==, GST_FLOW_OK);
  for (guint i = 0; i < 2 * DEPTH; i++) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (f.h);

    g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, i * GST_SECOND / 50);
    g_assert_cmpuint (GST_BUFFER_DURATION (buffer), ==, GST_SECOND / 50);
    g_assert_cmpuint (GST_BUFFER_OFFSET (buffer), ==, i);
  }
  caps = gst_pad_get_current_caps (f.h->sinkpad);
  structure = gst_caps_get_structure (caps, 0);
  g_assert_true (gst_structure_get_fraction (structure, "framerate", &n, &d));
  g_assert_cmpint (n, ==, 50);
  g_assert_cmpint (d, ==, 1);
  fixture_close (&f);
}

/* Labels have the values that they had, of the nearest voxel, and the weight. */
static void
test_labels (void)
{
  static const gdouble ratio[] = {1. / 1.7, 1. / .6, 1. / 1.3};
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", DEPTH, HEIGHT, WIDTH, 16);
  guint count = voxel_rescale_side (DEPTH, ratio[0]);
  Fixture f;

  fixture_open (&f, "voxelrescale scale=1.7,.6,1.3");
  send_caps (f.h, volume, GST_VOXEL_AXIS_Z, GRAY16, "25/1");
  for (guint i = 0; i < DEPTH; i++) {
    GstBuffer *slice =
        make_slice (volume, GST_VOXEL_AXIS_Z, GRAY16, GST_VOXEL_CONTENT_INTENSITY, i, 0, DEPTH - 1, pixel_16);
    g_autoptr (GstBuffer) label =
        make_slice (volume, GST_VOXEL_AXIS_Z, GRAY8, GST_VOXEL_CONTENT_MASK, i, 0, DEPTH - 1, pixel_8);

    gst_buffer_add_voxel_label_meta (slice, label, .25);
    g_assert_cmpint (gst_harness_push (f.h, slice), ==, GST_FLOW_OK);
  }
  for (guint z = 0; z < count; z++) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (f.h);
    const GstVoxelLabelMeta *label = gst_buffer_get_voxel_label_meta (buffer);
    const guint *shape = gst_buffer_get_voxel_slice_meta (buffer)->volume->shape;
    GstVideoInfo info;
    GstVideoFrame frame;

    g_assert_nonnull (label);
    g_assert_cmpfloat (label->weight, ==, .25);
    gst_video_info_set_format (&info, GRAY8, shape[2], shape[1]);
    g_assert_true (gst_video_frame_map (&frame, &info, label->label, GST_MAP_READ));
    for (guint y = 0; y < shape[1]; y++)
      for (guint x = 0; x < shape[2]; x++)
        g_assert_cmpuint (frame_pixel (&frame, y, x), ==,
                          pixel_8 (MIN (voxel_rescale_nearest (ratio[0], z), DEPTH - 1),
                                   MIN (voxel_rescale_nearest (ratio[1], y), HEIGHT - 1),
                                   MIN (voxel_rescale_nearest (ratio[2], x), WIDTH - 1)));
    gst_video_frame_unmap (&frame);
  }
  fixture_close (&f);
}

static void
expect_error (const gchar *launch, GstVoxelAxis axis, guint missing, guint axes, const gchar *words)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", DEPTH, HEIGHT, WIDTH, 16);
  GstFlowReturn flow = GST_FLOW_OK;
  g_autofree gchar *said = NULL;
  guint count, height, width;
  Fixture f;

  volume->axes = axes;
  gst_voxel_volume_get_plane (volume, axis, &count, &height, &width);
  fixture_open (&f, launch);
  send_caps (f.h, volume, axis, GRAY16, "25/1");
  for (guint i = 0; i < count && flow == GST_FLOW_OK; i++)
    if (i != missing)
      flow = gst_harness_push (
          f.h, make_slice (volume, axis, GRAY16, GST_VOXEL_CONTENT_INTENSITY, i, 0, count - 1, pixel_16));
  if (flow == GST_FLOW_OK)
    g_assert_false (gst_harness_push_event (f.h, gst_event_new_eos ()));
  said = take_error (f.bus);
  if (!strstr (said, words))
    g_error ("\"%s\" is not in: %s", words, said);
  fixture_close (&f);
}

static void
test_errors (void)
{
  const GstVoxelAxis z = GST_VOXEL_AXIS_Z;

  expect_error ("voxelrescale scale=2", z, 4, 0, "slice 4 of axis z of volume \"v\" is missing");
  expect_error ("voxelrescale scale=2", z, DEPTH - 1, 0, "slice 9 of axis z of volume \"v\" is missing");
  expect_error ("voxelrescale scale=2", GST_VOXEL_AXIS_Y, G_MAXUINT, 0, "put it before voxelreslice");
  expect_error ("voxelrescale scale=2", z, G_MAXUINT, 7, "put it before voxelreslice");
  expect_error ("voxelrescale spacing=2", z, G_MAXUINT, 0, "voxelsrc spacing=");
  expect_error ("voxeltile size=32 ! voxelrescale scale=2", z, G_MAXUINT, 0, "put it before voxelreslice");
  expect_error ("voxelreslice axes=z shuffle=true ! voxelrescale scale=2", z, G_MAXUINT, 0,
                "come in no order");
}

static void
test_settings (void)
{
  static const gchar *const wrong[] = {
      "spacing=1,2", "spacing=-1", "spacing=big",         "scale=0",
      "scale=1,1,0", "scale=100",  "back=true spacing=3", "back=true scale=2"};

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree gchar *launch = g_strdup_printf ("voxelrescale %s ! fakesink", wrong[i]);
    g_autoptr (GError) error = NULL;
    g_autoptr (GstElement) pipeline = gst_parse_launch (launch, &error);

    g_assert_no_error (error);
    g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
    gst_element_set_state (pipeline, GST_STATE_NULL);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voxelrescale/values", test_values);
  g_test_add_func ("/voxelrescale/record", test_record);
  g_test_add_func ("/voxelrescale/volumes", test_volumes);
  g_test_add_func ("/voxelrescale/held", test_held);
  g_test_add_func ("/voxelrescale/passes", test_passes);
  g_test_add_func ("/voxelrescale/times", test_times);
  g_test_add_func ("/voxelrescale/labels", test_labels);
  g_test_add_func ("/voxelrescale/errors", test_errors);
  g_test_add_func ("/voxelrescale/settings", test_settings);
  return g_test_run ();
}
