/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/stream/voxel.h"

#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <string.h>

/* What the tests of tiles and views share: slices with pixels that tell where they come from, a harness
 * around a piece of pipeline text, and the errors it posts. */

typedef struct {
  GstHarness *harness;
  GstBus *bus;
  guint width;
  guint height;
  guint pixel_size;
} TileStream;

G_GNUC_UNUSED static guint16
tile_pixel (guint slice, guint x, guint y)
{
  guint hash = (slice * 2654435761u) ^ (x * 40503u) ^ (y * 9973u * 65537u);

  return (guint16) (hash ^ (hash >> 15));
}

G_GNUC_UNUSED static TileStream
tile_stream_new (const gchar *text)
{
  TileStream stream = {gst_harness_new_parse (text), gst_bus_new (), 0, 0, 0};

  g_assert_nonnull (stream.harness);
  gst_element_set_bus (stream.harness->element, stream.bus);
  return stream;
}

G_GNUC_UNUSED static void
tile_stream_clear (TileStream *stream)
{
  gst_element_set_bus (stream->harness->element, NULL);
  gst_bus_set_flushing (stream->bus, TRUE);
  gst_clear_object (&stream->bus);
  g_clear_pointer (&stream->harness, gst_harness_teardown);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TileStream, tile_stream_clear)

G_GNUC_UNUSED static void
tile_stream_set_size (TileStream *stream, const gchar *format, guint width, guint height)
{
  gst_harness_set_src_caps (stream->harness,
                            gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, format, "width",
                                                 G_TYPE_INT, width, "height", G_TYPE_INT, height, "framerate",
                                                 GST_TYPE_FRACTION, 25, 1, NULL));
  stream->width = width;
  stream->height = height;
  stream->pixel_size = g_str_equal (format, "GRAY8") ? 1 : 2;
}

G_GNUC_UNUSED static GstBuffer *
tile_stream_picture (const TileStream *stream, guint slice)
{
  gsize stride = GST_ROUND_UP_4 (stream->width * stream->pixel_size);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, stride * stream->height, NULL);
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_WRITE));
  memset (map.data, 0x5a, map.size);
  for (guint y = 0; y < stream->height; y++) {
    for (guint x = 0; x < stream->width; x++) {
      guint16 value = tile_pixel (slice, x, y);

      if (stream->pixel_size == 1)
        map.data[y * stride + x] = (guint8) value;
      else
        memcpy (map.data + y * stride + 2 * x, &value, 2);
    }
  }
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = slice * GST_SECOND;
  return buffer;
}

G_GNUC_UNUSED static GstBuffer *
tile_stream_slice (const TileStream *stream, GstVoxelVolume *volume, GstVoxelAxis axis,
                   GstVoxelContent content, guint index, guint last)
{
  GstBuffer *buffer = tile_stream_picture (stream, index);
  GstVoxelSliceMeta *meta = gst_buffer_add_voxel_slice_meta (buffer, volume, axis, content, index, 0, last);

  meta->mean = 7.;
  return buffer;
}

/* A label that its picture tells: a pixel that went with another one is seen. */
G_GNUC_UNUSED static guint8
tile_label_of (guint16 pixel)
{
  if (pixel & 4)
    return GST_VOXEL_LABEL_SET;
  return pixel & 8 ? GST_VOXEL_LABEL_IGNORE : GST_VOXEL_LABEL_BACKGROUND;
}

#define TILE_LABEL_WEIGHT .25

/* With rows that lie otherwise than GStreamer lays them, as a meta says. */
G_GNUC_UNUSED static void
tile_stream_add_label (const TileStream *stream, GstBuffer *picture, guint slice)
{
  gsize offsets[GST_VIDEO_MAX_PLANES] = {16};
  gint strides[GST_VIDEO_MAX_PLANES] = {(gint) stream->width + 5};
  g_autoptr (GstBuffer) label =
      gst_buffer_new_allocate (NULL, 16 + (gsize) strides[0] * stream->height, NULL);
  GstMapInfo map;

  g_assert_true (gst_buffer_map (label, &map, GST_MAP_WRITE));
  memset (map.data, 0x5a, map.size);
  for (guint y = 0; y < stream->height; y++) {
    for (guint x = 0; x < stream->width; x++)
      map.data[16 + y * strides[0] + x] = tile_label_of (tile_pixel (slice, x, y));
  }
  gst_buffer_unmap (label, &map);
  gst_buffer_add_video_meta_full (label, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_GRAY8, stream->width,
                                  stream->height, 1, offsets, strides);
  gst_buffer_add_voxel_label_meta (picture, label, TILE_LABEL_WEIGHT);
}

/* Whether the label that came with a picture is its own, and as large as caps say. */
G_GNUC_UNUSED static void
tile_stream_assert_label (const TileStream *stream, GstBuffer *picture)
{
  const GstVoxelLabelMeta *meta = gst_buffer_get_voxel_label_meta (picture);
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (stream->harness->sinkpad);
  GstVideoFrame frame, label;
  GstVideoInfo info, label_info;

  g_assert_nonnull (meta);
  g_assert_cmpfloat (meta->weight, ==, TILE_LABEL_WEIGHT);
  g_assert_true (gst_video_info_from_caps (&info, caps));
  gst_video_info_set_format (&label_info, GST_VIDEO_FORMAT_GRAY8, (guint) info.width, (guint) info.height);
  g_assert_true (gst_video_frame_map (&frame, &info, picture, GST_MAP_READ));
  g_assert_true (gst_video_frame_map (&label, &label_info, meta->label, GST_MAP_READ));
  g_assert_cmpint (GST_VIDEO_FRAME_WIDTH (&label), ==, info.width);
  g_assert_cmpint (GST_VIDEO_FRAME_HEIGHT (&label), ==, info.height);
  for (gint y = 0; y < info.height; y++) {
    const guint8 *row = (const guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) +
                        y * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0);
    const guint8 *label_row = (const guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&label, 0) +
                              y * GST_VIDEO_FRAME_PLANE_STRIDE (&label, 0);

    for (gint x = 0; x < info.width; x++)
      g_assert_cmphex (label_row[x], ==, tile_label_of (row[x * GST_VIDEO_FRAME_COMP_PSTRIDE (&frame, 0)]));
  }
  gst_video_frame_unmap (&label);
  gst_video_frame_unmap (&frame);
}

/* Slice against the picture of its index, through whatever stride it has. */
G_GNUC_UNUSED static void
tile_stream_assert_picture (const TileStream *stream, GstBuffer *buffer, guint index)
{
  GstVideoInfo info;
  GstVideoFrame frame;

  gst_video_info_set_format (&info,
                             stream->pixel_size == 1 ? GST_VIDEO_FORMAT_GRAY8 : GST_VIDEO_FORMAT_GRAY16_LE,
                             stream->width, stream->height);
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  for (guint y = 0; y < stream->height; y++) {
    const guint8 *row = (const guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) +
                        y * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0);

    for (guint x = 0; x < stream->width; x++) {
      guint16 value = row[x];

      if (stream->pixel_size == 2)
        memcpy (&value, row + 2 * x, 2);
      if (value != (stream->pixel_size == 1 ? (tile_pixel (index, x, y) & 0xff) : tile_pixel (index, x, y)))
        g_error ("pixel %u,%u of slice %u differs", x, y, index);
    }
  }
  gst_video_frame_unmap (&frame);
}

G_GNUC_UNUSED static void
tile_stream_assert_error (const TileStream *stream, const gchar *part)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (stream->bus, GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;
  g_autofree gchar *all = NULL;

  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, &debug);
  all = g_strdup_printf ("%s %s", error->message, debug);
  if (!strstr (all, part))
    g_error ("\"%s\" does not say \"%s\"", all, part);
}

G_GNUC_UNUSED static void
tile_stream_assert_quiet (const TileStream *stream)
{
  g_autoptr (GstMessage) message =
      gst_bus_pop_filtered (stream->bus, GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);

  if (message)
    g_error ("unexpected: %s", gst_structure_to_string (gst_message_get_structure (message)));
}
