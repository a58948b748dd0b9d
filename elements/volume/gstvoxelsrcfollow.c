/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelsrcfollow.h"
#include "gstvoxelsrcerror.h"

/**
 * gst_voxel_src_follow_new:
 * @settings: what is wanted
 * @error: GST_LIBRARY_ERROR_SETTINGS, VOXEL_TIFF_ERROR_NOT_FOUND or UNSUPPORTED
 *
 * Returns: (transfer full): the folder, of which nothing was read yet
 */
VoxelSliceFollow *
gst_voxel_src_follow_new (const GstVoxelSrcSettings *settings, GError **error)
{
  VoxelSliceFollowOrder order = {.first_number = settings->first_number,
                                 .skip = settings->start_index,
                                 .timeout = (gint64) (settings->follow_timeout / 1000)};

  if (settings->labels && *settings->labels) {
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
                 "labels=\"%s\" does not go with follow=true: whoever labels slices has seen them: read the "
                 "folder once it is complete, without follow",
                 settings->labels);
    return NULL;
  }
  if (settings->stop_index >= 0) {
    if (settings->start_index > (guint) settings->stop_index) {
      g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
                   "start-index=%u, stop-index=%d: there is no slice from the one to the other",
                   settings->start_index, settings->stop_index);
      return NULL;
    }
    order.count = (guint) settings->stop_index - settings->start_index + 1;
  }
  return voxel_slice_follow_new (settings->location, &order, error);
}

/**
 * gst_voxel_src_follow_wait:
 * @element: who waits
 * @follow: the folder
 * @slice: (out) (transfer none): the next slice
 *
 * Posts what went wrong, and where nobody had said how many slices there are, after how many it ended.
 *
 * Returns: GST_FLOW_OK where there is a slice
 */
GstFlowReturn
gst_voxel_src_follow_wait (GstElement *element, VoxelSliceFollow *follow, VoxelSliceList **slice)
{
  g_autoptr (GError) error = NULL;

  switch (voxel_slice_follow_wait (follow, slice, &error)) {
  case VOXEL_SLICE_FOLLOW_SLICE:
    return GST_FLOW_OK;
  case VOXEL_SLICE_FOLLOW_FLUSHING:
    return GST_FLOW_FLUSHING;
  case VOXEL_SLICE_FOLLOW_END:
    GST_ELEMENT_INFO (element, RESOURCE, READ,
                      ("No more slices: the volume ends after %u.", voxel_slice_follow_get_length (follow)),
                      (NULL));
    return GST_FLOW_EOS;
  default:
    gst_voxel_src_post_error (element, error);
    return GST_FLOW_ERROR;
  }
}
