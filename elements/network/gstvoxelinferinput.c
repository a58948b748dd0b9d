/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelinferinput.h"

#include <math.h>

#include "elements/network/preprocess.h"
#include "elements/stream/voxel.h"
#include "models/memory.h"

/**
 * gst_voxel_infer_check_content:
 * @element: posts the error
 * @input: a picture
 *
 * Returns: whether it is one of intensities
 */
gboolean
gst_voxel_infer_check_content (GstElement *element, GstBuffer *input)
{
  GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (input);

  if (!slice || slice->content == GST_VOXEL_CONTENT_INTENSITY)
    return TRUE;
  GST_ELEMENT_ERROR (
      element, STREAM, WRONG_TYPE, ("A network takes intensities."),
      ("Slice %u already carries scores or a mask: voxelinfer stands behind them in the chain.",
       slice->index));
  return FALSE;
}

/**
 * gst_voxel_infer_find_statistics:
 * @element: posts the error
 * @network: whose record says whether they are needed
 * @input: a picture
 * @job: gets mean and deviation of the slice that @input was cut from; NaN where @input is the whole slice
 *
 * Returns: whether all that is needed is there
 */
gboolean
gst_voxel_infer_find_statistics (GstElement *element, VoxelTileNetwork *network, GstBuffer *input,
                                 VoxelTileJob *job)
{
  const VoxelModelRecord *record = voxel_model_get_record (voxel_tile_network_get_model (network));
  GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (input);
  GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (input);

  job->mean = slice ? slice->mean : NAN;
  job->stddev = slice ? slice->stddev : NAN;
  if (!isnan (job->mean) || !tile || !voxel_preprocess_wants_statistics (&record->preprocess))
    return TRUE;
  if (tile->width >= tile->slice_width && tile->height >= tile->slice_height)
    return TRUE;
  GST_ELEMENT_ERROR (
      element, STREAM, FORMAT, ("The model needs the mean and deviation of whole slices."),
      ("Tile %u of %u does not say them: add voxelnormalize before voxeltile.", tile->index, tile->count));
  return FALSE;
}

static void
tell_parts (GstElement *element, const VoxelNetworkFit *fit, guint width, guint height)
{
  g_autofree gchar *wanted = voxel_memory_to_text (fit->whole);
  g_autofree gchar *allowed = voxel_memory_to_text (fit->limit);

  GST_ELEMENT_WARNING (
      element, RESOURCE, NO_SPACE_LEFT,
      ("Pictures of %ux%u take %s in the network, the memory limit is %s: they are run in %u parts of %ux%u, "
       "with the same scores.",
       width, height, wanted, allowed, voxel_picture_parts_count (fit->parts), fit->parts->width,
       fit->parts->height),
      ("With a higher memory-limit they would be run faster."));
}

/**
 * gst_voxel_infer_fit:
 * @element: posts a warning where pictures are run in parts, an error where there is no room even for these
 * @network: that is to run them
 * @info: of pictures to come
 *
 * Before data flows.
 *
 * Returns: whether the network can take them
 */
gboolean
gst_voxel_infer_fit (GstElement *element, VoxelTileNetwork *network, const GstVideoInfo *info)
{
  guint width = (guint) GST_VIDEO_INFO_WIDTH (info), height = (guint) GST_VIDEO_INFO_HEIGHT (info);
  g_autoptr (GError) error = NULL;
  gboolean news = FALSE;
  const VoxelNetworkFit *fit = voxel_tile_network_fit (network, width, height, &news, &error);

  if (!fit) {
    GST_ELEMENT_ERROR (element, RESOURCE, NO_SPACE_LEFT, ("The network cannot be run: %s.", error->message),
                       (NULL));
    return FALSE;
  }
  if (news && voxel_picture_parts_count (fit->parts) > 1)
    tell_parts (element, fit, width, height);
  return TRUE;
}
