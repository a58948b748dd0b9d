/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tile-stream.h"

#include <math.h>

static void
check_identity (const gchar *text, const gchar *format, guint width, guint height)
{
  g_auto (TileStream) stream = tile_stream_new (text);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 3, height, width, 16);

  tile_stream_set_size (&stream, format, width, height);
  for (guint i = 0; i < 3; i++) {
    GstBuffer *slice =
        tile_stream_slice (&stream, volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_INTENSITY, i, 2);
    g_autoptr (GstBuffer) out = NULL;

    g_assert_cmpint (gst_harness_push (stream.harness, slice), ==, GST_FLOW_OK);
    out = gst_harness_pull (stream.harness);
    tile_stream_assert_picture (&stream, out, i);
    g_assert_null (gst_buffer_get_voxel_tile_meta (out));
    g_assert_cmpuint (gst_buffer_get_voxel_slice_meta (out)->index, ==, i);
    g_assert_cmpfloat (gst_buffer_get_voxel_slice_meta (out)->mean, ==, 7.);
    g_assert_cmpuint (GST_BUFFER_PTS (out), ==, i * GST_SECOND);
  }
  g_assert_true (gst_harness_push_event (stream.harness, gst_event_new_eos ()));
  tile_stream_assert_quiet (&stream);
}

static void
test_identity (gconstpointer data)
{
  static const gchar *const texts[] = {
      "voxeltile size=48 ! voxelstitch blend=mean",
      "voxeltile size=48 grid=origin ! queue ! voxelstitch blend=gaussian ! queue",
      "voxeltile size=33 overlap=0 ! identity drop-allocation=true ! voxelstitch blend=mean",
      "voxeltile size=50 overlap=.75 ! voxelstitch blend=gaussian",
      "voxeltile size=0 ! voxelstitch blend=mean",
      "voxeltile size=512 pad-multiple=64 ! queue ! voxelviews ! queue ! voxelmerge mode=mean ! queue ! "
      "voxelstitch blend=mean",
      "voxeltile size=40 ! voxelviews ! identity drop-allocation=true ! voxelmerge mode=max ! voxelstitch "
      "blend=mean",
      "voxelviews ! voxelmerge mode=mean ! voxelstitch blend=mean",
  };
  static const guint sizes[][2] = {{48, 48}, {101, 77}, {35, 130}, {32, 33}};

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
      check_identity (texts[i], data, sizes[s][0], sizes[s][1]);
  }
}

/* Logits against the definition, tile by tile. */
static GstBuffer *
make_logits (TileStream *stream, GstVoxelVolume *volume, guint index)
{
  return tile_stream_slice (stream, volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_LOGIT, index, 1);
}

static void
check_scores (const gchar *text, gdouble threshold, gboolean mask)
{
  g_auto (TileStream) stream = tile_stream_new (text);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 2, 61, 50, 16);
  gsize stride = mask ? 52 : 100;

  tile_stream_set_size (&stream, "GRAY16_LE", 50, 61);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GstBuffer) out = NULL;
    GstMapInfo map;

    g_assert_cmpint (gst_harness_push (stream.harness, make_logits (&stream, volume, i)), ==, GST_FLOW_OK);
    out = gst_harness_pull (stream.harness);
    g_assert_cmpint (gst_buffer_get_voxel_slice_meta (out)->content, ==,
                     mask ? GST_VOXEL_CONTENT_MASK : GST_VOXEL_CONTENT_PROBABILITY);
    g_assert_true (isnan (gst_buffer_get_voxel_slice_meta (out)->mean));
    g_assert_true (gst_buffer_map (out, &map, GST_MAP_READ));
    g_assert_cmpuint (map.size, ==, stride * 61);
    for (guint y = 0; y < 61; y++) {
      for (guint x = 0; x < 50; x++) {
        gdouble p = 1. / (1. + exp (-(tile_pixel (i, x, y) - 32768.) / 2048.));

        if (mask)
          g_assert_cmpuint (map.data[y * stride + x], ==, p > threshold ? 255 : 0);
        else
          g_assert_cmpuint (((guint16 *) (map.data + y * stride))[x], ==, (guint) lrint (p * 65535));
      }
    }
    gst_buffer_unmap (out, &map);
  }
  tile_stream_assert_quiet (&stream);
}

static void
test_scores (void)
{
  check_scores ("voxeltile size=40 ! voxelstitch", .5, TRUE);
  check_scores ("voxelstitch", .5, TRUE);
  check_scores ("voxeltile size=40 ! voxelstitch threshold=.1", .1, TRUE);
  check_scores ("voxeltile size=40 ! voxelstitch threshold=0", -1., TRUE);
  check_scores ("voxeltile size=40 ! voxelstitch threshold=1", 1., TRUE);
  check_scores ("voxeltile size=40 ! voxelstitch blend=mean", 0., FALSE);
  check_scores ("voxelstitch blend=gaussian", 0., FALSE);
}

/* Two tiles of one pixel row that overlap in the middle. */
static GstFlowReturn
push_tile (TileStream *stream, GstVoxelVolume *volume, guint slice, guint index, guint count, guint x,
           guint16 value)
{
  GstBuffer *buffer = tile_stream_slice (stream, volume, GST_VOXEL_AXIS_X, GST_VOXEL_CONTENT_LOGIT, slice, 3);
  GstVoxelTileMeta *tile = gst_buffer_add_voxel_tile_meta (buffer);
  GstMapInfo map;

  tile->x = x;
  tile->width = stream->width;
  tile->height = tile->slice_height = stream->height;
  tile->slice_width = 12;
  tile->index = index;
  tile->count = count;
  tile->view_count = 1;
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_WRITE));
  for (gsize i = 0; i < map.size / 2; i++)
    ((guint16 *) map.data)[i] = value;
  gst_buffer_unmap (buffer, &map);
  return gst_harness_push (stream->harness, buffer);
}

static void
check_overlap (const gchar *text, const guint16 *expected, gboolean mask)
{
  g_auto (TileStream) stream = tile_stream_new (text);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 8, 8, 12, 16);
  g_autoptr (GstBuffer) out = NULL;
  GstMapInfo map;

  tile_stream_set_size (&stream, "GRAY16_LE", 8, 8);
  g_assert_cmpint (push_tile (&stream, volume, 0, 0, 2, 0, 30000), ==, GST_FLOW_OK);
  g_assert_cmpint (push_tile (&stream, volume, 0, 1, 2, 4, 36001), ==, GST_FLOW_OK);
  out = gst_harness_pull (stream.harness);
  g_assert_true (gst_buffer_map (out, &map, GST_MAP_READ));
  for (guint x = 0; x < 12; x++)
    g_assert_cmpuint (mask ? map.data[x] : gst_voxel_logit_probability_table ()[expected[x]], ==,
                      mask ? expected[x] : ((guint16 *) map.data)[x]);
  gst_buffer_unmap (out, &map);
}

static void
test_overlap (void)
{
  guint16 gaussian[12];
  gdouble w[8];

  /* Sides of 8: sigma 1, weights in steps of 1/1024 and never 0. */
  for (guint i = 0; i < 8; i++)
    w[i] = MAX (rint (1024. * exp (-.5 * (i - 3.5) * (i - 3.5))), 1.);
  for (guint x = 0; x < 12; x++) {
    gdouble one = x < 8 ? w[x] : 0., two = x >= 4 ? w[x - 4] : 0.;

    gaussian[x] = (guint16) floor ((30000. * one + 36001. * two) / (one + two) + .5);
  }
  check_overlap ("voxelstitch", (const guint16[]){0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255}, TRUE);
  check_overlap (
      "voxelstitch blend=mean",
      (const guint16[]){30000, 30000, 30000, 30000, 33001, 33001, 33001, 33001, 36001, 36001, 36001, 36001},
      FALSE);
  check_overlap ("voxelstitch blend=gaussian", gaussian, FALSE);
}

static void
test_missing_tile (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxelstitch");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 8, 8, 12, 16);

  tile_stream_set_size (&stream, "GRAY16_LE", 8, 8);
  g_assert_cmpint (push_tile (&stream, volume, 0, 0, 3, 0, 30000), ==, GST_FLOW_OK);
  g_assert_cmpint (push_tile (&stream, volume, 0, 2, 3, 4, 30000), ==, GST_FLOW_ERROR);
  tile_stream_assert_error (&stream, "tile 2 of 3 of slice 0 of axis x of volume \"kidney\" is missing");
}

static void
test_missing_last_tile (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxelstitch");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 8, 8, 12, 16);

  tile_stream_set_size (&stream, "GRAY16_LE", 8, 8);
  g_assert_cmpint (push_tile (&stream, volume, 0, 0, 2, 0, 30000), ==, GST_FLOW_OK);
  g_assert_cmpint (push_tile (&stream, volume, 1, 0, 2, 0, 30000), ==, GST_FLOW_ERROR);
  tile_stream_assert_error (&stream, "tile 2 of 2 of slice 0");
}

static void
test_missing_at_eos (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxelstitch");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 8, 8, 12, 16);

  tile_stream_set_size (&stream, "GRAY16_LE", 8, 8);
  g_assert_cmpint (push_tile (&stream, volume, 0, 0, 2, 0, 30000), ==, GST_FLOW_OK);
  g_assert_false (gst_harness_push_event (stream.harness, gst_event_new_eos ()));
  tile_stream_assert_error (&stream, "tile 2 of 2 of slice 0");
}

static void
test_missing_slice (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxelstitch");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 8, 8, 12, 16);

  tile_stream_set_size (&stream, "GRAY16_LE", 12, 8);
  g_assert_cmpint (push_tile (&stream, volume, 0, 0, 1, 0, 30000), ==, GST_FLOW_OK);
  g_assert_cmpint (push_tile (&stream, volume, 2, 0, 1, 0, 30000), ==, GST_FLOW_ERROR);
  tile_stream_assert_error (&stream, "slice 1 of axis x of volume \"kidney\" is missing");
}

static void
test_hole (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxelstitch");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 8, 8, 12, 16);

  tile_stream_set_size (&stream, "GRAY16_LE", 8, 8);
  g_assert_cmpint (push_tile (&stream, volume, 0, 0, 1, 0, 30000), ==, GST_FLOW_ERROR);
  tile_stream_assert_error (&stream, "column 8, row 0");
}

static void
test_refused (void)
{
  static const struct {
    const gchar *text;
    GstVoxelContent content;
    const gchar *error;
  } cases[] = {
      {"voxelstitch", GST_VOXEL_CONTENT_INTENSITY, "does not take intensities"},
      {"voxelstitch blend=mean", GST_VOXEL_CONTENT_MASK, "does not take masks"},
      {"voxelviews ! voxelstitch", GST_VOXEL_CONTENT_LOGIT, "voxelmerge"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (TileStream) stream = tile_stream_new (cases[i].text);
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 1, 8, 8, 16);

    tile_stream_set_size (&stream, "GRAY16_LE", 8, 8);
    g_assert_cmpint (gst_harness_push (stream.harness, tile_stream_slice (&stream, volume, GST_VOXEL_AXIS_Z,
                                                                          cases[i].content, 0, 0)),
                     ==, GST_FLOW_ERROR);
    tile_stream_assert_error (&stream, cases[i].error);
  }
}

/* A mask goes through blend=or as it is. */
static void
test_masks (void)
{
  g_auto (TileStream) stream =
      tile_stream_new ("voxeltile size=40 ! voxelviews ! voxelmerge mode=max ! voxelstitch");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 1, 50, 60, 8);
  g_autoptr (GstBuffer) out = NULL;
  GstMapInfo map;

  tile_stream_set_size (&stream, "GRAY8", 60, 50);
  g_assert_cmpint (gst_harness_push (stream.harness, tile_stream_slice (&stream, volume, GST_VOXEL_AXIS_Z,
                                                                        GST_VOXEL_CONTENT_MASK, 0, 0)),
                   ==, GST_FLOW_OK);
  out = gst_harness_pull (stream.harness);
  g_assert_true (gst_buffer_map (out, &map, GST_MAP_READ));
  for (guint y = 0; y < 50; y++) {
    for (guint x = 0; x < 60; x++)
      g_assert_cmpuint (map.data[y * 60 + x], ==, (tile_pixel (0, x, y) & 0xff) > 127 ? 255 : 0);
  }
  gst_buffer_unmap (out, &map);
}

/* Flushes and state changes in the middle of a slice leave nothing behind. */
static void
test_restart (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxelstitch");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 8, 8, 12, 16);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  tile_stream_set_size (&stream, "GRAY16_LE", 8, 8);
  for (guint i = 0; i < 20; i++) {
    g_assert_cmpint (push_tile (&stream, volume, 0, 0, 2, 0, 30000), ==, GST_FLOW_OK);
    g_assert_true (gst_harness_push_event (stream.harness, gst_event_new_flush_start ()));
    g_assert_true (gst_harness_push_event (stream.harness, gst_event_new_flush_stop (TRUE)));
    g_assert_true (gst_harness_push_event (stream.harness, gst_event_new_segment (&segment)));
  }
  g_assert_cmpint (push_tile (&stream, volume, 0, 0, 2, 0, 30000), ==, GST_FLOW_OK);
  g_assert_cmpint (push_tile (&stream, volume, 0, 1, 2, 4, 30000), ==, GST_FLOW_OK);
  g_assert_cmpuint (gst_harness_buffers_in_queue (stream.harness), ==, 1);
  tile_stream_assert_quiet (&stream);
}

static gboolean
add_meta (GstPad *pad, GstPadProbeInfo *info, gpointer volume)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  guint index = (guint) GST_BUFFER_OFFSET (buffer);

  gst_buffer_add_voxel_slice_meta (buffer, volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_INTENSITY, index, 0,
                                   GST_VOXEL_INDEX_UNKNOWN);
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

/* Whole pipelines with threads, stopped at any moment. */
static void
test_stops (void)
{
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 0, 100, 120, 8);

  for (guint i = 0; i < 25; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GstElement) pipeline = gst_parse_launch (
        "videotestsrc name=src ! video/x-raw,format=GRAY8,width=120,height=100 ! voxeltile size=48 ! queue ! "
        "voxelviews ! queue ! voxelmerge mode=mean ! queue ! voxelstitch blend=mean ! fakesink sync=false",
        &error);
    g_autoptr (GstElement) source = NULL;
    g_autoptr (GstPad) pad = NULL;

    g_assert_no_error (error);
    source = gst_bin_get_by_name (GST_BIN (pipeline), "src");
    pad = gst_element_get_static_pad (source, "src");
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, (GstPadProbeCallback) add_meta, volume, NULL);
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    g_usleep (g_test_rand_int_range (0, 30000));
    if (i % 3 == 0)
      gst_element_seek_simple (pipeline, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 0);
    g_usleep (g_test_rand_int_range (0, 10000));
    g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_NULL), ==, GST_STATE_CHANGE_SUCCESS);
  }
  g_assert_cmpint (volume->ref_count, ==, 1);
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/voxelstitch/identity/8-bit", "GRAY8", test_identity);
  g_test_add_data_func ("/voxelstitch/identity/16-bit", "GRAY16_LE", test_identity);
  g_test_add_func ("/voxelstitch/scores", test_scores);
  g_test_add_func ("/voxelstitch/overlap", test_overlap);
  g_test_add_func ("/voxelstitch/missing-tile", test_missing_tile);
  g_test_add_func ("/voxelstitch/missing-last-tile", test_missing_last_tile);
  g_test_add_func ("/voxelstitch/missing-at-eos", test_missing_at_eos);
  g_test_add_func ("/voxelstitch/missing-slice", test_missing_slice);
  g_test_add_func ("/voxelstitch/hole", test_hole);
  g_test_add_func ("/voxelstitch/refused", test_refused);
  g_test_add_func ("/voxelstitch/masks", test_masks);
  g_test_add_func ("/voxelstitch/restart", test_restart);
  g_test_add_func ("/voxelstitch/stops", test_stops);
  return g_test_run ();
}
