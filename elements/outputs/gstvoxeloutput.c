/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxeloutput.h"

/**
 * gst_voxel_output_require_slice:
 * @element: an element that takes whole slices
 * @buffer: what it received
 * @info: its format
 *
 * Returns: (nullable) (transfer none): the slice meta of a whole slice; %NULL after an error that names the
 *   remedy has been posted on @element
 */
GstVoxelSliceMeta *
gst_voxel_output_require_slice (GstElement *element, GstBuffer *buffer, const GstVideoInfo *info)
{
  GstVoxelSliceMeta *slice = gst_voxel_slice_meta_require (element, buffer);
  guint count, height, width;

  if (!slice)
    return NULL;
  gst_voxel_volume_get_plane (slice->volume, slice->axis, &count, &height, &width);
  /* The depth of a live volume may not be known yet. */
  if ((width == 0 || (guint) GST_VIDEO_INFO_WIDTH (info) == width) &&
      (height == 0 || (guint) GST_VIDEO_INFO_HEIGHT (info) == height))
    return slice;
  GST_ELEMENT_ERROR (
      element, STREAM, WRONG_TYPE, ("This stream carries parts of slices, not whole slices."),
      ("Slice %u of axis %c of volume \"%s\" has %ux%u voxels, the buffer %dx%d: add voxelstitch behind "
       "voxeltile.",
       slice->index, gst_voxel_axis_to_letter (slice->axis), slice->volume->id, width, height,
       GST_VIDEO_INFO_WIDTH (info), GST_VIDEO_INFO_HEIGHT (info)));
  return NULL;
}

/**
 * gst_voxel_output_advance:
 * @pass: what came before
 * @slice: the meta of what has come now
 * @error: GST_STREAM_ERROR_FAILED, naming the slices that are missing, out of order or there twice
 *
 * Returns: what @slice is: next, of a new axis or volume, or broken
 */
GstVoxelPassStep
gst_voxel_output_advance (GstVoxelPass *pass, const GstVoxelSliceMeta *slice, GError **error)
{
  GstVoxelPassStep step = gst_voxel_pass_advance (pass, slice, error);

  if (step != GST_VOXEL_PASS_SAME)
    return step;
  g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
               "slice %u of axis %c of volume \"%s\" came twice: tiles need voxelstitch, views voxelmerge",
               slice->index, gst_voxel_axis_to_letter (slice->axis), slice->volume->id);
  return GST_VOXEL_PASS_BROKEN;
}

/**
 * gst_voxel_output_post_error:
 * @element: where it happened
 * @error: an error of GIO's or of GStreamer's domains
 *
 * Posts @error, in GStreamer's domains: a full disk as NO_SPACE_LEFT, other trouble with files as WRITE.
 */
void
gst_voxel_output_post_error (GstElement *element, const GError *error)
{
  if (error->domain == GST_STREAM_ERROR)
    GST_ELEMENT_ERROR (element, STREAM, FAILED, ("%s", error->message), (NULL));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    GST_ELEMENT_ERROR (element, RESOURCE, NO_SPACE_LEFT, ("%s", error->message), (NULL));
  else
    GST_ELEMENT_ERROR (element, RESOURCE, WRITE, ("%s", error->message), (NULL));
}
