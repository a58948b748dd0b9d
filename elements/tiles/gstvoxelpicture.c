/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelpicture.h"

#include <string.h>

/**
 * gst_voxel_picture_map:
 * @element: who speaks if it cannot be read
 * @info: what @buffer should hold
 * @frame: (out): to be unmapped with gst_video_frame_unmap()
 * @buffer: what arrived
 *
 * Returns: whether @buffer could be mapped for reading; an error has been posted otherwise
 */
gboolean
gst_voxel_picture_map (GstElement *element, const GstVideoInfo *info, GstVideoFrame *frame, GstBuffer *buffer)
{
  if (gst_video_frame_map (frame, info, buffer, GST_MAP_READ))
    return TRUE;
  GST_ELEMENT_ERROR (element, STREAM, FORMAT,
                     ("A buffer of %" G_GSIZE_FORMAT " bytes is no picture of %dx%d pixels.",
                      gst_buffer_get_size (buffer), GST_VIDEO_INFO_WIDTH (info),
                      GST_VIDEO_INFO_HEIGHT (info)),
                     (NULL));
  return FALSE;
}

/**
 * gst_voxel_picture_map_new:
 * @element: who speaks if it cannot be written
 * @info: what @buffer shall hold
 * @frame: (out): to be unmapped with gst_video_frame_unmap()
 * @buffer: a new buffer
 *
 * The bytes that only fill a row up to a multiple of 4 are set to 0: who writes the raw bytes to a file
 * gets the same ones each time.
 *
 * Returns: whether @buffer could be mapped for writing; an error has been posted otherwise
 */
gboolean
gst_voxel_picture_map_new (GstElement *element, const GstVideoInfo *info, GstVideoFrame *frame,
                           GstBuffer *buffer)
{
  gsize used = (gsize) GST_VIDEO_INFO_WIDTH (info) * GST_VIDEO_INFO_COMP_PSTRIDE (info, 0), stride;

  if (!gst_video_frame_map (frame, info, buffer, GST_MAP_WRITE)) {
    GST_ELEMENT_ERROR (element, RESOURCE, WRITE, ("A new buffer cannot be written."), (NULL));
    return FALSE;
  }
  stride = GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);
  for (gint y = 0; stride > used && y < GST_VIDEO_INFO_HEIGHT (info); y++)
    memset ((guint8 *) GST_VIDEO_FRAME_PLANE_DATA (frame, 0) + y * stride + used, 0, stride - used);
  return TRUE;
}

/**
 * gst_voxel_picture_has_gaps:
 * @info: what @buffer holds
 * @buffer: a picture
 *
 * Returns: whether its rows lie otherwise than who does not read the video meta believes
 */
gboolean
gst_voxel_picture_has_gaps (const GstVideoInfo *info, GstBuffer *buffer)
{
  const GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);

  return meta && (meta->offset[0] != 0 || meta->stride[0] != GST_VIDEO_INFO_PLANE_STRIDE (info, 0));
}
