/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tile-stream.h"

#define ALL "r0,r90,r180,r270,fh,fv,t,at"

/* voxelviews and voxelmerge undo each other, whatever lies between and whoever renders. */
static void
check_identity (const gchar *text, const gchar *format, guint width, guint height)
{
  g_auto (TileStream) stream = tile_stream_new (text);

  tile_stream_set_size (&stream, format, width, height);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GstBuffer) out = NULL;
    GstVoxelTileMeta *tile;

    g_assert_cmpint (gst_harness_push (stream.harness, tile_stream_picture (&stream, i)), ==, GST_FLOW_OK);
    out = gst_harness_pull (stream.harness);
    tile_stream_assert_picture (&stream, out, i);
    tile = gst_buffer_get_voxel_tile_meta (out);
    g_assert_cmpuint (tile->view_count, ==, 1);
    g_assert_cmpint (tile->view, ==, GST_VOXEL_VIEW_R0);
    g_assert_cmpuint (tile->width, ==, width);
    g_assert_cmpuint (GST_BUFFER_PTS (out), ==, i * GST_SECOND);
  }
  tile_stream_assert_quiet (&stream);
}

static void
test_identity (gconstpointer data)
{
  static const gchar *const texts[] = {
      "voxelviews views=VIEWS ! voxelmerge mode=mean",
      "voxelviews views=VIEWS ! voxelmerge mode=max",
      "voxelviews views=VIEWS ! queue ! voxelmerge mode=mean ! queue",
      /* Does not answer for the tile meta, so every view is rendered and the caps change with it. */
      "voxelviews views=VIEWS ! identity drop-allocation=true ! voxelmerge mode=mean",
      "voxelviews views=VIEWS ! queue ! identity drop-allocation=true ! queue ! voxelmerge mode=max",
  };
  static const gchar *const views[] = {"\"" ALL "\"", "r0", "r90", "\"t, r270\""};

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    for (guint v = 0; v < G_N_ELEMENTS (views); v++) {
      g_auto (GStrv) parts = g_strsplit (texts[i], "VIEWS", -1);
      g_autofree gchar *text = g_strjoinv (views[v], parts);

      check_identity (text, data, 64, 64);
      check_identity (text, data, 101, 37);
    }
  }
}

static guint16
view_pixel (guint slice, GstVoxelView view, guint width, guint height, guint x, guint y)
{
  switch (view) {
  case GST_VOXEL_VIEW_R90:
    return tile_pixel (slice, width - 1 - y, x);
  case GST_VOXEL_VIEW_FH:
    return tile_pixel (slice, width - 1 - x, y);
  default:
    return tile_pixel (slice, x, y);
  }
}

static void
test_rendered (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxelviews views=r0,r90,fh");
  static const GstVoxelView views[] = {GST_VOXEL_VIEW_R0, GST_VOXEL_VIEW_R90, GST_VOXEL_VIEW_FH};

  tile_stream_set_size (&stream, "GRAY16_LE", 40, 21);
  g_assert_cmpint (gst_harness_push (stream.harness, tile_stream_picture (&stream, 0)), ==, GST_FLOW_OK);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GstBuffer) out = gst_harness_pull (stream.harness);
    GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (out);
    guint width = i == 1 ? 21 : 40, height = i == 1 ? 40 : 21;
    gsize stride = GST_ROUND_UP_4 (2 * width);
    GstMapInfo map;

    g_assert_cmpint (tile->view, ==, views[i]);
    g_assert_cmpuint (tile->view_index, ==, i);
    g_assert_cmpuint (tile->view_count, ==, 3);
    g_assert_cmpuint (tile->width, ==, 40);
    g_assert_true (tile->rendered);
    g_assert_true (gst_buffer_map (out, &map, GST_MAP_READ));
    g_assert_cmpuint (map.size, ==, stride * height);
    for (guint y = 0; y < height; y++) {
      for (guint x = 0; x < width; x++)
        g_assert_cmphex (((guint16 *) (map.data + y * stride))[x], ==,
                         view_pixel (0, views[i], 40, 21, x, y));
    }
    gst_buffer_unmap (out, &map);
  }
}

static void
test_shared (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxelviews views=r90,fv");
  g_autoptr (GstBuffer) picture = NULL;

  gst_harness_add_propose_allocation_meta (stream.harness, GST_VOXEL_TILE_META_API_TYPE, NULL);
  tile_stream_set_size (&stream, "GRAY16_LE", 40, 21);
  picture = tile_stream_picture (&stream, 0);
  g_assert_cmpint (gst_harness_push (stream.harness, gst_buffer_ref (picture)), ==, GST_FLOW_OK);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GstBuffer) out = gst_harness_pull (stream.harness);
    GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (out);

    g_assert_true (gst_buffer_peek_memory (out, 0) == gst_buffer_peek_memory (picture, 0));
    g_assert_false (tile->rendered);
    g_assert_cmpint (tile->view, ==, i == 0 ? GST_VOXEL_VIEW_R90 : GST_VOXEL_VIEW_FV);
  }
}

/* Pushes logits as views of one tile by hand. */
static GstFlowReturn
push_view (TileStream *stream, GstVoxelVolume *volume, GstVoxelContent content, guint tile_index,
           guint view_index, guint count, guint16 value)
{
  GstBuffer *view = tile_stream_slice (stream, volume, GST_VOXEL_AXIS_Y, content, 5, 9);
  GstVoxelTileMeta *tile = gst_buffer_add_voxel_tile_meta (view);
  GstMapInfo map;

  tile->width = tile->slice_width = stream->width;
  tile->height = tile->slice_height = stream->height;
  tile->index = tile_index;
  tile->count = 9;
  tile->view = (GstVoxelView) view_index;
  tile->view_index = view_index;
  tile->view_count = count;
  g_assert_true (gst_buffer_map (view, &map, GST_MAP_WRITE));
  for (gsize i = 0; i < map.size / 2; i++)
    ((guint16 *) map.data)[i] = value;
  gst_buffer_unmap (view, &map);
  return gst_harness_push (stream->harness, view);
}

static void
check_mode (const gchar *text, const guint16 *values, guint count, guint expected)
{
  g_auto (TileStream) stream = tile_stream_new (text);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 9, 9, 9, 16);

  tile_stream_set_size (&stream, "GRAY16_LE", 9, 9);
  for (guint turn = 0; turn < count; turn++) {
    g_autoptr (GstBuffer) out = NULL;
    guint16 value;

    /* Any order gives the same. */
    for (guint i = 0; i < count; i++) {
      guint view = (i * 5 + turn) % count;

      g_assert_cmpint (push_view (&stream, volume, GST_VOXEL_CONTENT_LOGIT, turn, view, count, values[view]),
                       ==, GST_FLOW_OK);
    }
    out = gst_harness_pull (stream.harness);
    gst_buffer_extract (out, 9 * 20 - 4, &value, 2);
    g_assert_cmpuint (value, ==, expected);
    g_assert_cmpint (gst_buffer_get_voxel_slice_meta (out)->content, ==, GST_VOXEL_CONTENT_LOGIT);
  }
}

static void
test_modes (void)
{
  static const guint16 values[] = {30000, 65535, 0, 41000, 32768, 32771};
  guint sum = 0;

  for (guint i = 0; i < 6; i++)
    sum += gst_voxel_logit_probability_table ()[values[i]];
  check_mode ("voxelmerge", values, 6, (30000 + 65535 + 41000 + 32768 + 32771 + 3) / 6);
  check_mode ("voxelmerge mode=max", values, 6, 65535);
  check_mode ("voxelmerge mode=union threshold=.5", values, 6, 65535);
  check_mode ("voxelmerge mode=union threshold=1", values, 6, 0);
  check_mode ("voxelmerge mode=union threshold=.5", (const guint16[]){32768, 3, 32768, 0, 1, 2}, 6, 0);
  check_mode ("voxelmerge mode=union threshold=.5", (const guint16[]){32768, 3, 32769, 0, 1, 2}, 6, 65535);
  check_mode ("voxelmerge mode=mean", values, 6, gst_voxel_logit_from_probability ((sum + 3) / 6 / 65535.));
}

static void
test_missing_view (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxelmerge");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 9, 9, 9, 16);

  tile_stream_set_size (&stream, "GRAY16_LE", 8, 8);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (push_view (&stream, volume, GST_VOXEL_CONTENT_LOGIT, 3, i, 3, 7), ==, GST_FLOW_OK);
  g_assert_cmpint (push_view (&stream, volume, GST_VOXEL_CONTENT_LOGIT, 4, 0, 3, 7), ==, GST_FLOW_OK);
  g_assert_cmpint (push_view (&stream, volume, GST_VOXEL_CONTENT_LOGIT, 4, 2, 3, 7), ==, GST_FLOW_OK);
  g_assert_cmpint (push_view (&stream, volume, GST_VOXEL_CONTENT_LOGIT, 5, 0, 3, 7), ==, GST_FLOW_ERROR);
  tile_stream_assert_error (&stream,
                            "view r90 (2 of 3) of tile 5 of 9 of slice 5 of axis y of volume \"kidney\"");
}

static void
test_missing_view_at_eos (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxelmerge");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 9, 9, 9, 16);

  tile_stream_set_size (&stream, "GRAY16_LE", 8, 8);
  g_assert_cmpint (push_view (&stream, volume, GST_VOXEL_CONTENT_LOGIT, 4, 0, 2, 7), ==, GST_FLOW_OK);
  g_assert_false (gst_harness_push_event (stream.harness, gst_event_new_eos ()));
  tile_stream_assert_error (&stream, "view 2 of 2 of tile 5");
}

static void
test_twice (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxelmerge");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 9, 9, 9, 16);

  tile_stream_set_size (&stream, "GRAY16_LE", 8, 8);
  g_assert_cmpint (push_view (&stream, volume, GST_VOXEL_CONTENT_LOGIT, 0, 1, 3, 7), ==, GST_FLOW_OK);
  g_assert_cmpint (push_view (&stream, volume, GST_VOXEL_CONTENT_LOGIT, 0, 1, 3, 7), ==, GST_FLOW_ERROR);
  tile_stream_assert_error (&stream, "came twice");
}

static void
test_content (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxelmerge");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 9, 9, 9, 16);

  tile_stream_set_size (&stream, "GRAY16_LE", 8, 8);
  g_assert_cmpint (push_view (&stream, volume, GST_VOXEL_CONTENT_INTENSITY, 0, 0, 3, 7), ==, GST_FLOW_ERROR);
  tile_stream_assert_error (&stream, "does not take intensities");
}

static void
test_flush (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxelmerge");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 9, 9, 9, 16);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  tile_stream_set_size (&stream, "GRAY16_LE", 8, 8);
  g_assert_cmpint (push_view (&stream, volume, GST_VOXEL_CONTENT_LOGIT, 0, 0, 3, 7), ==, GST_FLOW_OK);
  g_assert_true (gst_harness_push_event (stream.harness, gst_event_new_flush_start ()));
  g_assert_true (gst_harness_push_event (stream.harness, gst_event_new_flush_stop (TRUE)));
  g_assert_true (gst_harness_push_event (stream.harness, gst_event_new_segment (&segment)));
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (push_view (&stream, volume, GST_VOXEL_CONTENT_LOGIT, 1, i, 3, 7), ==, GST_FLOW_OK);
  g_assert_cmpuint (gst_harness_buffers_in_queue (stream.harness), ==, 1);
  tile_stream_assert_quiet (&stream);
}

static void
test_bad_views (void)
{
  static const gchar *const bad[] = {"", "r45", "r0,r0", "r0,,r90"};

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GstElement) views = gst_object_ref_sink (gst_element_factory_make ("voxelviews", NULL));
    g_autoptr (GstBus) bus = gst_bus_new ();
    g_autoptr (GstMessage) message = NULL;

    gst_element_set_bus (views, bus);
    g_object_set (views, "views", bad[i], NULL);
    g_assert_cmpint (gst_element_set_state (views, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
    g_assert_nonnull (message);
    gst_element_set_state (views, GST_STATE_NULL);
    gst_element_set_bus (views, NULL);
  }
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/voxelmerge/identity/8-bit", "GRAY8", test_identity);
  g_test_add_data_func ("/voxelmerge/identity/16-bit", "GRAY16_LE", test_identity);
  g_test_add_func ("/voxelviews/rendered", test_rendered);
  g_test_add_func ("/voxelviews/shared", test_shared);
  g_test_add_func ("/voxelviews/bad-views", test_bad_views);
  g_test_add_func ("/voxelmerge/modes", test_modes);
  g_test_add_func ("/voxelmerge/missing-view", test_missing_view);
  g_test_add_func ("/voxelmerge/missing-view-at-eos", test_missing_view_at_eos);
  g_test_add_func ("/voxelmerge/twice", test_twice);
  g_test_add_func ("/voxelmerge/content", test_content);
  g_test_add_func ("/voxelmerge/flush", test_flush);
  return g_test_run ();
}
