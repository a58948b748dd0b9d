/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "view-png.h"

#include <gst/video/video.h>

#include "command.h"
#include "elements/outputs/output-file.h"

/**
 * voxel_view_picture_new:
 * @width: columns
 * @height: rows
 * @stride: (out): bytes from row to row
 *
 * Returns: (transfer full): red, green, blue a pixel, to be painted
 */
GstBuffer *
voxel_view_picture_new (guint width, guint height, gsize *stride)
{
  GstBuffer *picture;

  *stride = GST_ROUND_UP_4 ((gsize) width * 3);
  picture = gst_buffer_new_allocate (NULL, *stride * height, NULL);
  GST_BUFFER_PTS (picture) = 0;
  return picture;
}

/* Picture in, the only buffer of a PNG file out. */
static GstBuffer *
encode_png (GstBuffer *picture, guint width, guint height, GError **error)
{
  g_autoptr (GstCaps) caps =
      gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "RGB", "width", G_TYPE_INT, (gint) width,
                           "height", G_TYPE_INT, (gint) height, "framerate", GST_TYPE_FRACTION, 0, 1, NULL);
  g_autoptr (GstElement) pipeline =
      gst_parse_launch_full ("appsrc name=in format=time ! pngenc ! appsink name=out sync=false", NULL,
                             GST_PARSE_FLAG_FATAL_ERRORS, error);
  g_autoptr (GstElement) in = NULL, out = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GstSample) sample = NULL;
  GstFlowReturn flow;

  if (!pipeline)
    return NULL;
  in = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  bus = gst_element_get_bus (pipeline);
  g_object_set (in, "caps", caps, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_signal_emit_by_name (in, "push-buffer", picture, &flow);
  g_signal_emit_by_name (in, "end-of-stream", &flow);
  /* Nothing comes where an error has stopped the source. */
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_ASYNC_DONE | GST_MESSAGE_ERROR);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, error, NULL);
  else
    g_signal_emit_by_name (out, "pull-sample", &sample);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  if (!sample && error && !*error)
    g_set_error_literal (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED,
                         "the PNG encoder gave nothing");
  return sample ? gst_buffer_ref (gst_sample_get_buffer (sample)) : NULL;
}

/**
 * voxel_view_write_png:
 * @picture: of voxel_view_picture_new(), painted
 * @width: columns
 * @height: rows
 * @path: a PNG file, replaced when it is complete
 * @error: of the encoder, or naming the file
 *
 * Returns: whether it was written
 */
gboolean
voxel_view_write_png (GstBuffer *picture, guint width, guint height, const gchar *path, GError **error)
{
  g_autoptr (GstBuffer) png = encode_png (picture, width, height, error);
  VoxelOutputFile *file;
  gboolean written;
  GstMapInfo map;

  if (!png)
    return FALSE;
  file = voxel_output_file_new (path, error);
  if (!file)
    return FALSE;
  gst_buffer_map (png, &map, GST_MAP_READ);
  written = voxel_output_file_write (file, map.data, map.size, error);
  gst_buffer_unmap (png, &map);
  if (written)
    return voxel_output_file_finish (file, FALSE, error);
  voxel_output_file_abort (file);
  return FALSE;
}
