/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Labels go where their pictures go: through grids, random tiles and views, shared and copied. */

#include "tile-stream.h"

#define WIDTH 99
#define HEIGHT 77

static GstBuffer *
make_slice (const TileStream *stream, GstVoxelVolume *volume)
{
  GstBuffer *slice = tile_stream_slice (stream, volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_INTENSITY, 0, 0);

  tile_stream_add_label (stream, slice, 0);
  return slice;
}

static void
check_sharing (GstBuffer *slice, GstBuffer *tile, gboolean shared)
{
  GstBuffer *whole = gst_buffer_get_voxel_label_meta (slice)->label,
            *part = gst_buffer_get_voxel_label_meta (tile)->label;
  GstMemory *memory = gst_buffer_peek_memory (part, 0);

  if (shared) {
    g_assert_true (memory == gst_buffer_peek_memory (whole, 0) ||
                   memory->parent == gst_buffer_peek_memory (whole, 0));
    g_assert_nonnull (gst_buffer_get_video_meta (part));
  } else {
    g_assert_null (memory->parent);
    g_assert_null (gst_buffer_get_video_meta (part));
  }
}

static void
check (const gchar *text, const gchar *format, gboolean share, gboolean shared, guint count)
{
  g_auto (TileStream) stream = tile_stream_new (text);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 1, HEIGHT, WIDTH, 16);
  g_autoptr (GstBuffer) slice = NULL;

  if (share)
    gst_harness_add_propose_allocation_meta (stream.harness, GST_VIDEO_META_API_TYPE, NULL);
  tile_stream_set_size (&stream, format, WIDTH, HEIGHT);
  slice = make_slice (&stream, volume);
  g_assert_cmpint (gst_harness_push (stream.harness, gst_buffer_ref (slice)), ==, GST_FLOW_OK);
  g_assert_cmpuint (gst_harness_buffers_in_queue (stream.harness), ==, count);
  for (guint i = 0; i < count; i++) {
    g_autoptr (GstBuffer) tile = gst_harness_pull (stream.harness);

    tile_stream_assert_label (&stream, tile);
    check_sharing (slice, tile, shared);
  }
  tile_stream_assert_quiet (&stream);
}

static void
test_tiles (gconstpointer data)
{
  const gchar *format = data;

  check ("voxeltile size=33", format, FALSE, FALSE, 20);
  check ("voxeltile size=33", format, TRUE, TRUE, 20);
  check ("voxeltile size=0 pad-multiple=32", format, TRUE, FALSE, 1);
  check ("voxeltile mode=random size=40 count=9 seed=3", format, FALSE, FALSE, 9);
  check ("voxeltile mode=random size=40 count=9 seed=3 foreground=1", format, TRUE, TRUE, 9);
  check ("voxeltile mode=random size=90 count=5 foreground=.5", format, TRUE, FALSE, 5);
  check ("voxeltile mode=random size=300", format, FALSE, FALSE, 1);
}

/* The harness pulls after the last caps have come, so of views that lie and stand only one kind is made. */
static void
test_views (gconstpointer data)
{
  const gchar *format = data;

  check ("voxelviews views=r90,r270,t,at", format, FALSE, FALSE, 4);
  check ("voxelviews views=r180,fh,fv", format, FALSE, FALSE, 3);
  check ("voxeltile size=33 ! voxelviews", format, FALSE, FALSE, 20 * 6);
  check ("voxeltile mode=random size=50 count=2 ! voxelviews views=at,fv", format, TRUE, FALSE, 4);
}

/* Views that are only announced leave the label as it lies. */
static void
test_announced_views (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxelviews views=r0,r90");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 1, HEIGHT, WIDTH, 16);
  g_autoptr (GstBuffer) slice = NULL;

  gst_harness_add_propose_allocation_meta (stream.harness, GST_VIDEO_META_API_TYPE, NULL);
  gst_harness_add_propose_allocation_meta (stream.harness, GST_VOXEL_TILE_META_API_TYPE, NULL);
  tile_stream_set_size (&stream, "GRAY16_LE", WIDTH, HEIGHT);
  slice = make_slice (&stream, volume);
  g_assert_cmpint (gst_harness_push (stream.harness, gst_buffer_ref (slice)), ==, GST_FLOW_OK);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GstBuffer) view = gst_harness_pull (stream.harness);

    g_assert_false (gst_buffer_get_voxel_tile_meta (view)->rendered);
    g_assert_true (gst_buffer_get_voxel_label_meta (view)->label ==
                   gst_buffer_get_voxel_label_meta (slice)->label);
    tile_stream_assert_label (&stream, view);
  }
}

/* The label of another size is an error, not a crash. */
static void
test_short_label (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxeltile size=64");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 1, HEIGHT, WIDTH, 16);
  g_autoptr (GstBuffer) label = gst_buffer_new_allocate (NULL, 100, NULL);
  GstBuffer *slice;

  tile_stream_set_size (&stream, "GRAY16_LE", WIDTH, HEIGHT);
  slice = tile_stream_slice (&stream, volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_INTENSITY, 0, 0);
  gst_buffer_add_voxel_label_meta (slice, label, 1.);
  g_assert_cmpint (gst_harness_push (stream.harness, slice), ==, GST_FLOW_ERROR);
  tile_stream_assert_error (&stream, "99x77");
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/tile-labels/tiles/8", "GRAY8", test_tiles);
  g_test_add_data_func ("/tile-labels/tiles/16", "GRAY16_LE", test_tiles);
  g_test_add_data_func ("/tile-labels/views/8", "GRAY8", test_views);
  g_test_add_data_func ("/tile-labels/views/16", "GRAY16_LE", test_views);
  g_test_add_func ("/tile-labels/announced-views", test_announced_views);
  g_test_add_func ("/tile-labels/short-label", test_short_label);
  return g_test_run ();
}
