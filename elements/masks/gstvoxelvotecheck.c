/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a voter refuses, and what helps. */

#include "gstvoxelvotecheck.h"

#include "elements/volume/gstvoxelholder.h"

/**
 * gst_voxel_vote_check_kind:
 * @element: who speaks
 * @buffer: what came, with a slice meta
 * @info: its caps
 *
 * Returns: whether these are votes of a whole slice; otherwise an error was posted
 */
gboolean
gst_voxel_vote_check_kind (GstElement *element, GstBuffer *buffer, const GstVideoInfo *info)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  guint depth = (guint) GST_VIDEO_INFO_COMP_DEPTH (info, 0);

  if (gst_voxel_slice_meta_refuse_oblique (slice, element))
    return FALSE;
  if (slice->content == GST_VOXEL_CONTENT_INTENSITY)
    gst_voxel_holder_refuse (
        element, GST_STREAM_ERROR_WRONG_TYPE,
        "voxelvote takes masks, probabilities or logits, not intensities: put voxelinfer before it.");
  else if (depth != (slice->content == GST_VOXEL_CONTENT_MASK ? 8 : 16))
    gst_voxel_holder_refuse (element, GST_STREAM_ERROR_WRONG_TYPE,
                             "voxelvote takes masks of 8 bits and scores of 16, these have %u.", depth);
  else if (gst_buffer_get_voxel_tile_meta (buffer))
    gst_voxel_holder_refuse (element, GST_STREAM_ERROR_WRONG_TYPE,
                             "voxelvote takes whole slices, not tiles: put voxelstitch before it.");
  else
    return TRUE;
  return FALSE;
}

/**
 * gst_voxel_vote_check_size:
 * @element: who speaks
 * @slice: a slice
 * @info: its caps
 *
 * Returns: GST_FLOW_OK where it has the size that its volume says; otherwise an error was posted
 */
GstFlowReturn
gst_voxel_vote_check_size (GstElement *element, const GstVoxelSliceMeta *slice, const GstVideoInfo *info)
{
  guint count, height, width;

  gst_voxel_volume_get_plane (slice->volume, slice->axis, &count, &height, &width);
  if ((height > 0 && height != (guint) info->height) || (width > 0 && width != (guint) info->width))
    return gst_voxel_holder_refuse (element, GST_STREAM_ERROR_FORMAT,
                                    "Slices of axis %c of volume \"%s\" have %d x %d pixels, not %u x %u.",
                                    gst_voxel_axis_to_letter (slice->axis), slice->volume->id, info->width,
                                    info->height, width, height);
  return GST_FLOW_OK;
}

/**
 * gst_voxel_vote_check_cover:
 * @element: who speaks
 * @slice: the first one of a pass
 * @first: the first slice of its axis, whether in this pass or in an earlier run
 * @axes: bits of the axes that have come, this one with them
 * @z_first: first z slice, where z has come
 * @z_last: last z slice, where z has come
 *
 * Where one axis is all there is, a part of it will do; several must cover the same voxels.
 *
 * Returns: GST_FLOW_OK where they do; otherwise an error was posted
 */
GstFlowReturn
gst_voxel_vote_check_cover (GstElement *element, const GstVoxelSliceMeta *slice, guint first, guint axes,
                            guint z_first, guint z_last)
{
  gchar letter = gst_voxel_axis_to_letter (slice->axis);
  guint count, height, width;

  gst_voxel_volume_get_plane (slice->volume, slice->axis, &count, &height, &width);
  if (axes == 1u << GST_VOXEL_AXIS_Z || count == 0)
    return GST_FLOW_OK;
  if (first > 0 || (slice->last != GST_VOXEL_INDEX_UNKNOWN && slice->last != count - 1))
    return gst_voxel_holder_refuse (
        element, GST_STREAM_ERROR_FAILED,
        "Axis %c of volume \"%s\" has slices %u to %u only, of %u: a vote needs all of each axis, one "
        "slice after the other; put voxelreslice behind what chooses the part, and set shuffle=false on it.",
        letter, slice->volume->id, first, slice->last, count);
  if (axes & 1u << GST_VOXEL_AXIS_Z &&
      (z_first > 0 || (z_last != GST_VOXEL_INDEX_UNKNOWN && z_last != slice->volume->shape[0] - 1)))
    return gst_voxel_holder_refuse (
        element, GST_STREAM_ERROR_FAILED,
        "Axis z of volume \"%s\" has slices %u to %u only, axis %c has all: a vote needs all of each axis.",
        slice->volume->id, z_first, z_last, letter);
  return GST_FLOW_OK;
}
