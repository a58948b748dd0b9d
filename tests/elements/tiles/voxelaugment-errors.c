/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tile-stream.h"

#define SIDE 96

static TileStream
open_stream (const gchar *text, const gchar *format, guint width, guint height)
{
  TileStream stream = tile_stream_new (text);

  tile_stream_set_size (&stream, format, width, height);
  return stream;
}

/* Before any data, with what there is. */
static void
test_settings_errors (void)
{
  static const struct {
    const gchar *text;
    const gchar *word;
  } rows[] = {{"voxelaugment recipe=gama", "brightness-contrast"},
              {"voxelaugment recipe=\"rot90 gamma(low=.8 high=1)\"", "character 20"},
              {"voxelaugment gamma-low=1.1 gamma-high=.9", "above high"},
              {"voxelaugment recipe=/no/such/recipe.txt", "no file"}};

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    GstElement *element = gst_parse_launch (rows[i].text, &error);
    g_autoptr (GstBus) bus = gst_bus_new ();
    TileStream stream = {NULL, bus, 0, 0, 0};

    g_assert_no_error (error);
    gst_object_ref_sink (element);
    gst_element_set_bus (element, bus);
    g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
    tile_stream_assert_error (&stream, rows[i].word);
    g_object_set (element, "recipe", "none", "gamma-low", .8, "gamma-high", 1.2, NULL);
    g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), !=, GST_STATE_CHANGE_FAILURE);
    gst_element_set_state (element, GST_STATE_NULL);
    gst_element_set_bus (element, NULL);
    gst_object_unref (element);
  }
}

static void
test_input_errors (void)
{
  static const struct {
    const gchar *text;
    guint width;
    GstVoxelContent content;
    gboolean plain;
    const gchar *word;
  } rows[] = {{"voxelaugment size=97", SIDE, GST_VOXEL_CONTENT_INTENSITY, FALSE, "size=97 is more"},
              {"voxelaugment", SIDE + 4, GST_VOXEL_CONTENT_INTENSITY, FALSE, "Set size=96"},
              {"voxelaugment", SIDE, GST_VOXEL_CONTENT_MASK, FALSE, "masks"},
              {"voxelaugment", SIDE, GST_VOXEL_CONTENT_INTENSITY, TRUE, "voxelstamp"}};

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (TileStream) stream = open_stream (rows[i].text, "GRAY8", rows[i].width, SIDE);
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 1, SIDE, rows[i].width, 8);
    GstBuffer *buffer = rows[i].plain
                            ? tile_stream_picture (&stream, 0)
                            : tile_stream_slice (&stream, volume, GST_VOXEL_AXIS_Z, rows[i].content, 0, 0);

    g_assert_cmpint (gst_harness_push (stream.harness, buffer), ==, GST_FLOW_ERROR);
    tile_stream_assert_error (&stream, rows[i].word);
  }
}

/* A label of another size than its picture. */
static void
test_wrong_label (void)
{
  g_auto (TileStream) stream = open_stream ("voxelaugment", "GRAY8", SIDE, SIDE);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 1, SIDE, SIDE, 8);
  GstBuffer *buffer =
      tile_stream_slice (&stream, volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_INTENSITY, 0, 0);
  g_autoptr (GstBuffer) label = gst_buffer_new_allocate (NULL, SIDE, NULL);

  gst_buffer_add_voxel_label_meta (buffer, label, 1);
  g_assert_cmpint (gst_harness_push (stream.harness, buffer), ==, GST_FLOW_ERROR);
  tile_stream_assert_error (&stream, "no picture of 96x96 pixels");
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voxelaugment/settings errors", test_settings_errors);
  g_test_add_func ("/voxelaugment/input errors", test_input_errors);
  g_test_add_func ("/voxelaugment/wrong label", test_wrong_label);
  return g_test_run ();
}
