/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelinferinput.h"

#include <math.h>

#include "elements/network/preprocess.h"
#include "elements/stream/voxel.h"

/**
 * gst_voxel_infer_find_statistics:
 * @element: who speaks if they are missing
 * @network: says whether they are needed
 * @input: what arrived
 * @mean: (out): of the slice that @input was cut from; NaN where @input is the whole slice
 * @stddev: (out): likewise
 *
 * Returns: whether the network can do with them; an error has been posted otherwise
 */
gboolean
gst_voxel_infer_find_statistics (GstElement *element, VoxelTileNetwork *network, GstBuffer *input,
                                 gdouble *mean, gdouble *stddev)
{
  const VoxelModelRecord *record = voxel_model_get_record (voxel_tile_network_get_model (network));
  GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (input);
  GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (input);

  *mean = slice ? slice->mean : NAN;
  *stddev = slice ? slice->stddev : NAN;
  if (!isnan (*mean) || !tile || !voxel_preprocess_wants_statistics (&record->preprocess))
    return TRUE;
  if (tile->width >= tile->slice_width && tile->height >= tile->slice_height)
    return TRUE;
  GST_ELEMENT_ERROR (
      element, STREAM, FORMAT, ("The model needs the mean and deviation of whole slices."),
      ("Tile %u of %u does not say them: add voxelnormalize before voxeltile.", tile->index, tile->count));
  return FALSE;
}

/**
 * gst_voxel_infer_check_content:
 * @element: who speaks if it is wrong
 * @input: what arrived
 *
 * Returns: whether @input carries intensities; an error has been posted otherwise
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
