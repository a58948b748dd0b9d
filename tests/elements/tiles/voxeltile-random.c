/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tile-stream.h"
#include "elements/tiles/reflect.h"

#define WIDTH 99
#define HEIGHT 77

typedef struct {
  GstVoxelAxis axis;
  guint index;
  guint epoch;
} Place;

static gint
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *) a, *(const gchar *const *) b);
}

/* Where the tiles of some slices lie, as text. */
static gchar *
places_of (const gchar *text, const gchar *id, const Place *places, guint n)
{
  g_auto (TileStream) stream = tile_stream_new (text);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new (id, 50, HEIGHT, WIDTH, 16);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  tile_stream_set_size (&stream, "GRAY16_LE", WIDTH, HEIGHT);
  for (guint i = 0; i < n; i++) {
    guint index = places[i].index;
    GstBuffer *slice =
        tile_stream_slice (&stream, volume, places[i].axis, GST_VOXEL_CONTENT_INTENSITY, index, index);
    GstVoxelSliceMeta *meta = gst_buffer_get_voxel_slice_meta (slice);

    meta->epoch = places[i].epoch;
    meta->first = index;
    tile_stream_add_label (&stream, slice, index);
    g_assert_cmpint (gst_harness_push (stream.harness, slice), ==, GST_FLOW_OK);
    while (gst_harness_buffers_in_queue (stream.harness) > 0) {
      g_autoptr (GstBuffer) tile = gst_harness_pull (stream.harness);
      const GstVoxelTileMeta *at = gst_buffer_get_voxel_tile_meta (tile);

      g_ptr_array_add (lines, g_strdup_printf ("%d %u %u: %u %u %u", places[i].axis, index, places[i].epoch,
                                               at->index, at->x, at->y));
    }
  }
  tile_stream_assert_quiet (&stream);
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (gchar **) lines->pdata);
}

static void
test_order (void)
{
  static const Place forward[] = {{GST_VOXEL_AXIS_Z, 0, 0},
                                  {GST_VOXEL_AXIS_Z, 1, 0},
                                  {GST_VOXEL_AXIS_OBLIQUE, 1, 0},
                                  {GST_VOXEL_AXIS_Z, 0, 1}};
  static const Place backward[] = {{GST_VOXEL_AXIS_Z, 0, 1},
                                   {GST_VOXEL_AXIS_OBLIQUE, 1, 0},
                                   {GST_VOXEL_AXIS_Z, 1, 0},
                                   {GST_VOXEL_AXIS_Z, 0, 0}};
  static const gchar *text = "voxeltile mode=random size=40 count=5 foreground=.5 seed=1";
  g_autofree gchar *one = places_of (text, "kidney", forward, G_N_ELEMENTS (forward));
  g_autofree gchar *two = places_of (text, "kidney", backward, G_N_ELEMENTS (backward));

  g_assert_cmpstr (one, ==, two);
}

/* Whatever names the slice gives it other tiles, and so does the seed. */
static void
test_difference (void)
{
  static const Place place = {GST_VOXEL_AXIS_Z, 3, 0};
  static const Place others[] = {
      {GST_VOXEL_AXIS_Y, 3, 0}, {GST_VOXEL_AXIS_Z, 4, 0}, {GST_VOXEL_AXIS_Z, 3, 1}};
  static const gchar *text = "voxeltile mode=random size=40 count=5 seed=1";
  g_autofree gchar *one = places_of (text, "kidney", &place, 1);
  g_autofree gchar *again = places_of (text, "kidney", &place, 1);
  g_autofree gchar *volume = places_of (text, "spleen", &place, 1);
  g_autofree gchar *seed = places_of ("voxeltile mode=random size=40 count=5 seed=2", "kidney", &place, 1);

  g_assert_cmpstr (one, ==, again);
  g_assert_cmpstr (one, !=, volume);
  g_assert_cmpstr (one, !=, seed);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autofree gchar *other = places_of (text, "kidney", &others[i], 1);
    g_autofree gchar *name = g_strdup_printf ("%d %u %u:", others[i].axis, others[i].index, others[i].epoch);
    g_auto (GStrv) parts = g_strsplit (other, name, -1);
    g_autofree gchar *renamed = g_strjoinv ("0 3 0:", parts);

    g_assert_cmpuint (g_strv_length (parts), ==, 6);
    g_assert_cmpstr (one, !=, renamed);
  }
}

static void
check_pixels (const gchar *text, guint size, guint count)
{
  g_auto (TileStream) stream = tile_stream_new (text);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 1, HEIGHT, WIDTH, 8);
  GstVideoInfo info;

  tile_stream_set_size (&stream, "GRAY8", WIDTH, HEIGHT);
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_GRAY8, size, size);
  g_assert_cmpint (gst_harness_push (stream.harness, tile_stream_slice (&stream, volume, GST_VOXEL_AXIS_Z,
                                                                        GST_VOXEL_CONTENT_INTENSITY, 0, 0)),
                   ==, GST_FLOW_OK);
  g_assert_cmpuint (gst_harness_buffers_in_queue (stream.harness), ==, count);
  for (guint i = 0; i < count; i++) {
    g_autoptr (GstBuffer) tile = gst_harness_pull (stream.harness);
    const GstVoxelTileMeta *meta = gst_buffer_get_voxel_tile_meta (tile);
    GstVideoFrame frame;

    g_assert_cmpuint (meta->index, ==, i);
    g_assert_cmpuint (meta->count, ==, 0);
    g_assert_cmpuint (meta->width, ==, size);
    g_assert_cmpuint (meta->height, ==, size);
    g_assert_cmpuint (meta->slice_width, ==, WIDTH);
    g_assert_cmpuint (meta->slice_height, ==, HEIGHT);
    g_assert_cmpuint (meta->view_count, ==, 1);
    g_assert_cmpfloat (gst_buffer_get_voxel_slice_meta (tile)->mean, ==, 7.);
    g_assert_null (gst_buffer_get_voxel_label_meta (tile));
    g_assert_true (gst_video_frame_map (&frame, &info, tile, GST_MAP_READ));
    for (guint y = 0; y < size; y++) {
      const guint8 *row = (const guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) +
                          y * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0);

      for (guint x = 0; x < size; x++)
        g_assert_cmphex (row[x], ==,
                         tile_pixel (0, voxel_reflect_index (meta->x + x, WIDTH),
                                     voxel_reflect_index (meta->y + y, HEIGHT)) &
                             0xff);
    }
    gst_video_frame_unmap (&frame);
  }
  tile_stream_assert_quiet (&stream);
}

/* Tiles are of one size even where the slice is smaller. */
static void
test_pixels (void)
{
  check_pixels ("voxeltile mode=random size=40 count=3", 40, 3);
  check_pixels ("voxeltile mode=random size=80 count=2 seed=7", 80, 2);
  check_pixels ("voxeltile mode=random size=129", 129, 1);
}

static void
test_skip (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxeltile mode=random size=80 edge=skip");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 90, HEIGHT, WIDTH, 16);
  g_autoptr (GstMessage) warning = NULL;

  volume->axes = (1u << GST_VOXEL_AXIS_Z) | (1u << GST_VOXEL_AXIS_Y);
  tile_stream_set_size (&stream, "GRAY16_LE", WIDTH, HEIGHT);
  g_assert_cmpint (gst_harness_push (stream.harness, tile_stream_slice (&stream, volume, GST_VOXEL_AXIS_Z,
                                                                        GST_VOXEL_CONTENT_INTENSITY, 0, 0)),
                   ==, GST_FLOW_OK);
  g_assert_cmpuint (gst_harness_buffers_in_queue (stream.harness), ==, 0);
  warning = gst_bus_pop_filtered (stream.bus, GST_MESSAGE_WARNING);
  g_assert_nonnull (warning);
}

/* A slice without vessel has tiles too. */
static void
test_no_vessel (void)
{
  g_auto (TileStream) stream = tile_stream_new ("voxeltile mode=random size=40 count=4 foreground=1");
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 1, HEIGHT, WIDTH, 8);
  g_autoptr (GstBuffer) label = gst_buffer_new_allocate (NULL, GST_ROUND_UP_4 (WIDTH) * HEIGHT, NULL);
  GstBuffer *slice;

  gst_buffer_memset (label, 0, GST_VOXEL_LABEL_IGNORE, GST_ROUND_UP_4 (WIDTH) * HEIGHT);
  tile_stream_set_size (&stream, "GRAY8", WIDTH, HEIGHT);
  slice = tile_stream_slice (&stream, volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_INTENSITY, 0, 0);
  gst_buffer_add_voxel_label_meta (slice, label, 1.);
  g_assert_cmpint (gst_harness_push (stream.harness, slice), ==, GST_FLOW_OK);
  g_assert_cmpuint (gst_harness_buffers_in_queue (stream.harness), ==, 4);
  tile_stream_assert_quiet (&stream);
}

static void
check_error (const gchar *text, const gchar *part)
{
  g_auto (TileStream) stream = tile_stream_new (text);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 1, HEIGHT, WIDTH, 16);

  tile_stream_set_size (&stream, "GRAY16_LE", WIDTH, HEIGHT);
  g_assert_cmpint (gst_harness_push (stream.harness, tile_stream_slice (&stream, volume, GST_VOXEL_AXIS_Z,
                                                                        GST_VOXEL_CONTENT_INTENSITY, 0, 0)),
                   ==, GST_FLOW_ERROR);
  tile_stream_assert_error (&stream, part);
}

static void
test_errors (void)
{
  check_error ("voxeltile mode=random foreground=.5", "set labels on voxelsrc");
  check_error ("voxeltile mode=random size=40 ! voxelstitch blend=mean", "mode=random cannot be joined");
  check_error (
      "voxeltile mode=random size=40 count=2 ! voxelviews ! voxelmerge mode=mean ! voxelstitch blend=mean",
      "mode=random cannot be joined");
}

static void
test_no_size (void)
{
  g_autoptr (GstElement) tile = gst_parse_launch ("voxeltile mode=random size=0", NULL);
  TileStream stream = {.bus = gst_bus_new ()};

  gst_element_set_bus (tile, stream.bus);
  g_assert_cmpint (gst_element_set_state (tile, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
  tile_stream_assert_error (&stream, "Set size");
  gst_element_set_state (tile, GST_STATE_NULL);
  gst_element_set_bus (tile, NULL);
  gst_object_unref (stream.bus);
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voxeltile-random/order", test_order);
  g_test_add_func ("/voxeltile-random/difference", test_difference);
  g_test_add_func ("/voxeltile-random/pixels", test_pixels);
  g_test_add_func ("/voxeltile-random/skip", test_skip);
  g_test_add_func ("/voxeltile-random/no-vessel", test_no_vessel);
  g_test_add_func ("/voxeltile-random/errors", test_errors);
  g_test_add_func ("/voxeltile-random/no-size", test_no_size);
  return g_test_run ();
}
