/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tile-stream.h"
#include "elements/tiles/reflect.h"

static guint16
tile_value (GstBuffer *tile, const GstVideoInfo *info, guint x, guint y)
{
  GstVideoFrame frame;
  guint16 value;

  g_assert_true (gst_video_frame_map (&frame, info, tile, GST_MAP_READ));
  memcpy (&value,
          (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) + y * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0) +
              2 * x,
          2);
  gst_video_frame_unmap (&frame);
  return value;
}

static void
check_tiles (const gchar *text, guint width, guint height, gboolean share, guint tile_width,
             guint tile_height, guint count)
{
  g_auto (TileStream) stream = tile_stream_new (text);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 1, height, width, 16);
  g_autoptr (GstBuffer) slice = NULL;
  GstVideoInfo info;

  if (share)
    gst_harness_add_propose_allocation_meta (stream.harness, GST_VIDEO_META_API_TYPE, NULL);
  tile_stream_set_size (&stream, "GRAY16_LE", width, height);
  slice = tile_stream_slice (&stream, volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_INTENSITY, 0, 0);
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_GRAY16_LE, tile_width, tile_height);
  g_assert_cmpint (gst_harness_push (stream.harness, gst_buffer_ref (slice)), ==, GST_FLOW_OK);
  g_assert_cmpuint (gst_harness_buffers_in_queue (stream.harness), ==, count);
  for (guint i = 0; i < count; i++) {
    g_autoptr (GstBuffer) tile = gst_harness_pull (stream.harness);
    GstVoxelTileMeta *meta = gst_buffer_get_voxel_tile_meta (tile);
    GstVoxelSliceMeta *slice_meta = gst_buffer_get_voxel_slice_meta (tile);
    GstMemory *memory = gst_buffer_peek_memory (tile, 0);
    gboolean padded = tile_width > width || tile_height > height;

    g_assert_cmpuint (meta->index, ==, i);
    g_assert_cmpuint (meta->count, ==, count);
    g_assert_cmpuint (meta->width, ==, tile_width);
    g_assert_cmpuint (meta->height, ==, tile_height);
    g_assert_cmpuint (meta->slice_width, ==, width);
    g_assert_cmpuint (meta->slice_height, ==, height);
    g_assert_cmpuint (meta->view_count, ==, 1);
    g_assert_false (meta->rendered);
    g_assert_cmpuint (slice_meta->index, ==, 0);
    g_assert_cmpfloat (slice_meta->mean, ==, 7.);
    g_assert_cmpuint (GST_BUFFER_PTS (tile), ==, GST_BUFFER_PTS (slice));
    for (guint y = 0; y < tile_height; y += 5) {
      for (guint x = 0; x < tile_width; x += 3)
        g_assert_cmphex (tile_value (tile, &info, x, y), ==,
                         tile_pixel (0, voxel_reflect_index (meta->x + x, width),
                                     voxel_reflect_index (meta->y + y, height)));
    }
    if (share && !padded) {
      GstMemory *whole = gst_buffer_peek_memory (slice, 0);

      /* All of a memory is the memory itself. */
      g_assert_true (memory == whole || memory->parent == whole);
      g_assert_cmpuint (memory->offset - whole->offset, ==,
                        meta->y * GST_ROUND_UP_4 (2 * width) + 2 * meta->x);
      g_assert_nonnull (gst_buffer_get_video_meta (tile));
    } else {
      g_assert_null (memory->parent);
      g_assert_null (gst_buffer_get_video_meta (tile));
      g_assert_cmpuint (gst_buffer_get_size (tile), ==, GST_VIDEO_INFO_SIZE (&info));
    }
  }
  tile_stream_assert_quiet (&stream);
  {
    g_autoptr (GstCaps) caps = gst_pad_get_current_caps (stream.harness->sinkpad);
    GstStructure *structure = gst_caps_get_structure (caps, 0);
    gint w, h, n, d;

    g_assert_true (gst_structure_get (structure, "width", G_TYPE_INT, &w, "height", G_TYPE_INT, &h,
                                      "framerate", GST_TYPE_FRACTION, &n, &d, NULL));
    g_assert_cmpint (w, ==, tile_width);
    g_assert_cmpint (h, ==, tile_height);
    g_assert_cmpint (n, ==, 0);
  }
}

static void
test_tiles (gconstpointer data)
{
  gboolean share = GPOINTER_TO_INT (data);

  check_tiles ("voxeltile", 560, 560, share, 512, 512, 4);
  check_tiles ("voxeltile grid=origin", 560, 560, share, 512, 512, 9);
  check_tiles ("voxeltile size=33 overlap=.25", 101, 77, share, 33, 33, 12);
  check_tiles ("voxeltile size=64", 64, 64, share, 64, 64, 1);
  check_tiles ("voxeltile size=64", 45, 130, share, 64, 64, 4);
  check_tiles ("voxeltile size=0 pad-multiple=1", 45, 35, share, 45, 35, 1);
  check_tiles ("voxeltile size=0", 45, 35, share, 64, 64, 1);
  check_tiles ("voxeltile size=512 pad-multiple=16", 600, 33, share, 512, 48, 2);
}

/* Axes change the size of slices, and with it caps and grid, in the middle of the stream. */
static void
test_axes (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxeltile size=64 ! voxelstitch blend=mean");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 70, 81, 45, 16);
  GstVoxelAxis axes[] = {GST_VOXEL_AXIS_Z, GST_VOXEL_AXIS_Y, GST_VOXEL_AXIS_X};

  volume->axes = 7;
  for (guint a = 0; a < 3; a++) {
    guint count, width, height;

    gst_voxel_volume_get_plane (volume, axes[a], &count, &height, &width);
    tile_stream_set_size (&stream, "GRAY16_LE", width, height);
    for (guint i = 0; i < 3; i++) {
      g_autoptr (GstBuffer) out = NULL;

      g_assert_cmpint (
          gst_harness_push (stream.harness,
                            tile_stream_slice (&stream, volume, axes[a], GST_VOXEL_CONTENT_INTENSITY, i, 2)),
          ==, GST_FLOW_OK);
      out = gst_harness_pull (stream.harness);
      tile_stream_assert_picture (&stream, out, i);
      g_assert_cmpuint (gst_buffer_get_voxel_slice_meta (out)->volume->axes, ==, 7);
    }
  }
  tile_stream_assert_quiet (&stream);
}

static GstFlowReturn
push_axis (TileStream *stream, GstVoxelVolume *volume, GstVoxelAxis axis)
{
  guint count, width, height;

  gst_voxel_volume_get_plane (volume, axis, &count, &height, &width);
  tile_stream_set_size (stream, "GRAY16_LE", width, height);
  return gst_harness_push (stream->harness,
                           tile_stream_slice (stream, volume, axis, GST_VOXEL_CONTENT_INTENSITY, 0, 0));
}

static void
check_skip (const gchar *text, guint depth, guint height, guint width, guint kept)
{
  g_auto (TileStream) stream = tile_stream_new (text);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", depth, height, width, 16);
  guint warnings = 0;
  GstMessage *message;

  volume->axes = 7;
  for (guint axis = 0; axis < 3; axis++) {
    guint came;

    g_assert_cmpint (push_axis (&stream, volume, (GstVoxelAxis) axis), ==, GST_FLOW_OK);
    came = gst_harness_buffers_in_queue (stream.harness);
    g_assert_cmpint (came > 0, ==, (kept >> axis) & 1);
    for (guint i = 0; i < came; i++) {
      g_autoptr (GstBuffer) tile = gst_harness_pull (stream.harness);

      g_assert_cmpuint (gst_buffer_get_voxel_slice_meta (tile)->volume->axes, ==, kept);
      g_assert_cmpuint (gst_buffer_get_voxel_slice_meta (tile)->volume->serial, ==, volume->serial);
    }
  }
  g_assert_cmpuint (volume->axes, ==, 7);
  while ((message = gst_bus_pop_filtered (stream.bus, GST_MESSAGE_WARNING))) {
    warnings++;
    gst_message_unref (message);
  }
  g_assert_cmpuint (warnings, ==, 3 - (kept & 1) - (kept >> 1 & 1) - (kept >> 2));
}

static void
test_skip (void)
{
  check_skip ("voxeltile size=64", 10, 80, 90, 1);
  check_skip ("voxeltile size=64", 80, 10, 90, 2);
  check_skip ("voxeltile size=64 edge=skip", 63, 80, 90, 1);
  check_skip ("voxeltile size=64 edge=skip", 64, 80, 90, 7);
  check_skip ("voxeltile size=64 edge=reflect", 33, 80, 90, 7);
}

/* Volumes that take turns, as in random order, are told of once each. */
static void
test_skip_told_once (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxeltile mode=random size=64");
  guint warnings = 0;
  GstMessage *message;
  GstVoxelVolume *volumes[3];

  for (guint i = 0; i < G_N_ELEMENTS (volumes); i++) {
    volumes[i] = gst_voxel_volume_new ("kidney", 10, 80, 90, 16);
    volumes[i]->axes = 7;
  }
  for (guint turn = 0; turn < 4; turn++) {
    for (guint i = 0; i < G_N_ELEMENTS (volumes); i++)
      g_assert_cmpint (push_axis (&stream, volumes[i], (turn + i) % 3), ==, GST_FLOW_OK);
  }
  while ((message = gst_bus_pop_filtered (stream.bus, GST_MESSAGE_WARNING))) {
    warnings++;
    gst_message_unref (message);
  }
  g_assert_cmpuint (warnings, ==, 2 * G_N_ELEMENTS (volumes));
  for (guint i = 0; i < G_N_ELEMENTS (volumes); i++)
    gst_voxel_volume_unref (volumes[i]);
}

static void
test_all_skipped (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxeltile size=64 edge=skip");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 1, 60, 60, 16);

  g_assert_cmpint (push_axis (&stream, volume, GST_VOXEL_AXIS_Z), ==, GST_FLOW_ERROR);
  tile_stream_assert_error (&stream, "no axis is left");
}

static void
test_no_meta (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxeltile size=64");

  tile_stream_set_size (&stream, "GRAY8", 64, 64);
  g_assert_cmpint (gst_harness_push (stream.harness, tile_stream_picture (&stream, 0)), ==, GST_FLOW_ERROR);
  tile_stream_assert_error (&stream, "voxelstamp");
}

static void
test_short_buffer (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxeltile size=64");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 1, 64, 64, 8);
  GstBuffer *slice;

  tile_stream_set_size (&stream, "GRAY8", 64, 64);
  slice = tile_stream_slice (&stream, volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_INTENSITY, 0, 0);
  gst_buffer_set_size (slice, 64 * 63);
  g_assert_cmpint (gst_harness_push (stream.harness, slice), ==, GST_FLOW_ERROR);
  tile_stream_assert_error (&stream, "64x64");
}

/* Who reads raw bytes gets rows as GStreamer lays them, who asks for strides gets shared memory: the same
 * picture behind videoconvert. */
static void
test_stock_elements (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 1, 77, 99, 16);
  g_autofree guint8 *raw = NULL;

  for (guint k = 0; k < 3; k++) {
    static const gchar *const texts[] = {
        "voxeltile size=33",
        "voxeltile size=33 ! videoconvert ! capsfilter caps=video/x-raw,format=GRAY16_BE ! videoconvert ! "
        "capsfilter caps=video/x-raw,format=GRAY16_LE",
        "voxeltile size=33 ! queue ! videoconvert ! capsfilter caps=video/x-raw,format=GRAY16_BE ! pngenc ! "
        "pngdec ! videoconvert ! "
        "capsfilter caps=video/x-raw,format=GRAY16_LE"};
    g_auto (TileStream) stream = tile_stream_new (texts[k]);
    gsize used = 0, size = 12 * 68 * 33;

    if (!raw)
      raw = g_malloc0 (size);
    tile_stream_set_size (&stream, "GRAY16_LE", 99, 77);
    g_assert_cmpint (gst_harness_push (stream.harness, tile_stream_slice (&stream, volume, GST_VOXEL_AXIS_Z,
                                                                          GST_VOXEL_CONTENT_INTENSITY, 0, 0)),
                     ==, GST_FLOW_OK);
    g_assert_true (gst_harness_push_event (stream.harness, gst_event_new_eos ()));
    for (guint i = 0; i < 12; i++) {
      g_autoptr (GstBuffer) tile = gst_harness_pull (stream.harness);
      GstMapInfo map;

      g_assert_nonnull (tile);
      g_assert_true (gst_buffer_map (tile, &map, GST_MAP_READ));
      g_assert_cmpuint (map.size, ==, 68 * 33);
      for (guint y = 0; y < 33; y++) {
        if (k == 0)
          memcpy (raw + used + y * 68, map.data + y * 68, 68);
        for (guint x = 0; k > 0 && x < 66; x++)
          g_assert_cmphex (map.data[y * 68 + x], ==, raw[used + y * 68 + x]);
        if (k == 0)
          g_assert_cmphex (raw[used + y * 68 + 66], ==, 0);
      }
      used += map.size;
      gst_buffer_unmap (tile, &map);
    }
  }
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/voxeltile/packed", GINT_TO_POINTER (FALSE), test_tiles);
  g_test_add_data_func ("/voxeltile/shared", GINT_TO_POINTER (TRUE), test_tiles);
  g_test_add_func ("/voxeltile/axes", test_axes);
  g_test_add_func ("/voxeltile/skip", test_skip);
  g_test_add_func ("/voxeltile/skip-told-once", test_skip_told_once);
  g_test_add_func ("/voxeltile/all-skipped", test_all_skipped);
  g_test_add_func ("/voxeltile/no-meta", test_no_meta);
  g_test_add_func ("/voxeltile/short-buffer", test_short_buffer);
  g_test_add_func ("/voxeltile/stock-elements", test_stock_elements);
  return g_test_run ();
}
