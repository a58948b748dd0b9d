/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Slices of made-up volumes for the tests of elements that take any. */

#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include "elements/stream/voxel.h"

typedef guint (*MakePixel) (guint z, guint y, guint x);

static inline guint
slice_pixel (MakePixel make, GstVoxelAxis axis, guint index, guint row, guint column)
{
  if (axis == GST_VOXEL_AXIS_Z)
    return make (index, row, column);
  if (axis == GST_VOXEL_AXIS_Y)
    return make (column, index, row);
  return make (row, column, index);
}

static inline guint
frame_pixel (const GstVideoFrame *frame, guint row, guint column)
{
  const guint8 *line = (const guint8 *) GST_VIDEO_FRAME_PLANE_DATA (frame, 0) +
                       (gsize) row * GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);

  return GST_VIDEO_FRAME_FORMAT (frame) == GST_VIDEO_FORMAT_GRAY8 ? line[column]
                                                                  : GST_READ_UINT16_LE (line + 2 * column);
}

static inline gchar *
slice_caps (GstVideoFormat format, guint width, guint height, const gchar *framerate)
{
  return g_strdup_printf ("video/x-raw,format=%s,width=%u,height=%u,framerate=%s",
                          gst_video_format_to_string (format), width, height, framerate);
}

/* Caps of the slices of @axis on the harness's source pad. */
static inline void
send_caps (GstHarness *h, const GstVoxelVolume *volume, GstVoxelAxis axis, GstVideoFormat format,
           const gchar *framerate)
{
  g_autofree gchar *caps = NULL;
  guint count, height, width;

  gst_voxel_volume_get_plane (volume, axis, &count, &height, &width);
  caps = slice_caps (format, width, height, framerate);
  gst_harness_set_src_caps_str (h, caps);
}

static inline GstBuffer *
make_slice (GstVoxelVolume *volume, GstVoxelAxis axis, GstVideoFormat format, GstVoxelContent content,
            guint index, guint first, guint last, MakePixel make)
{
  guint count, height, width;
  GstVideoInfo info;
  GstVideoFrame frame;
  GstBuffer *buffer;

  gst_voxel_volume_get_plane (volume, axis, &count, &height, &width);
  gst_video_info_set_format (&info, format, width, height);
  buffer = gst_buffer_new_allocate (NULL, info.size, NULL);
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_WRITE));
  for (guint r = 0; r < height; r++) {
    guint8 *line =
        (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) + r * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0);

    for (guint c = 0; c < width; c++) {
      guint value = slice_pixel (make, axis, index, r, c);

      if (format == GST_VIDEO_FORMAT_GRAY8)
        line[c] = (guint8) value;
      else
        GST_WRITE_UINT16_LE (line + 2 * c, value);
    }
  }
  gst_video_frame_unmap (&frame);
  GST_BUFFER_PTS (buffer) = index * (GST_SECOND / 25);
  GST_BUFFER_DURATION (buffer) = GST_SECOND / 25;
  GST_BUFFER_OFFSET (buffer) = index;
  gst_buffer_add_voxel_slice_meta (buffer, volume, axis, content, index, first, last);
  return buffer;
}

/* The message of the first error on @bus; fails where there is none. */
static inline gchar *
take_error (GstBus *bus)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, &debug);
  return g_strdup_printf ("%s %s", error->message, debug ? debug : "");
}

static inline GstBus *
watch (GstHarness *h)
{
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (h->element, bus);
  return bus;
}

/* Messages that nobody has read keep their element, and that keeps its bus. */
static inline void
unwatch (GstBus *bus)
{
  gst_bus_set_flushing (bus, TRUE);
  gst_object_unref (bus);
}

static inline void
check_slice (GstBuffer *buffer, GstCaps *caps, MakePixel make, GstVoxelAxis axis, guint index)
{
  GstVideoInfo info;
  GstVideoFrame frame;

  g_assert_true (gst_video_info_from_caps (&info, caps));
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  for (guint r = 0; r < (guint) info.height; r++) {
    for (guint c = 0; c < (guint) info.width; c++) {
      if (frame_pixel (&frame, r, c) != slice_pixel (make, axis, index, r, c))
        g_error ("axis %c slice %u row %u column %u: %u, not %u", gst_voxel_axis_to_letter (axis), index, r,
                 c, frame_pixel (&frame, r, c), slice_pixel (make, axis, index, r, c));
    }
  }
  gst_video_frame_unmap (&frame);
}
