/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelinferinput.h"

#include <math.h>

#include "elements/network/preprocess.h"
#include "elements/stream/voxel.h"

/* A tile needs the mean and deviation of the slice that it was cut from; a whole slice is measured. */
static gboolean
check_statistics (GstElement *element, VoxelModel *model, GstBuffer *input)
{
  const VoxelModelRecord *record = voxel_model_get_record (model);
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (input);
  const GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (input);

  if ((slice && !isnan (slice->mean)) || !tile || !voxel_preprocess_wants_statistics (&record->preprocess))
    return TRUE;
  if (tile->width >= tile->slice_width && tile->height >= tile->slice_height)
    return TRUE;
  GST_ELEMENT_ERROR (
      element, STREAM, FORMAT, ("The model needs the mean and deviation of whole slices."),
      ("Tile %u of %u does not say them: add voxelnormalize before voxeltile.", tile->index, tile->count));
  return FALSE;
}

static gboolean
check_neighbours (GstElement *element, VoxelModel *model, GstBuffer *input)
{
  const GstVoxelNeighboursMeta *around = gst_buffer_get_voxel_neighbours_meta (input);
  guint planes = voxel_preprocess_planes (&voxel_model_get_record (model)->preprocess,
                                          voxel_model_get_in_channels (model));

  if (planes == 1 || (around && around->reach == planes / 2))
    return TRUE;
  GST_ELEMENT_ERROR (
      element, STREAM, FORMAT,
      ("The model sees %u neighbouring slices: set reach=%u on a voxelneighbours before voxeltile.", planes,
       planes / 2),
      ("There are %u slices on either side.", around ? around->reach : 0));
  return FALSE;
}

static gboolean
check_content (GstElement *element, GstBuffer *input)
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
 * gst_voxel_infer_check_input:
 * @element: who speaks if it is wrong
 * @model: of the network that is to see it
 * @input: what arrived
 *
 * Returns: whether @input carries intensities and all that the network needs to know; an error has been posted
 *   otherwise
 */
gboolean
gst_voxel_infer_check_input (GstElement *element, VoxelModel *model, GstBuffer *input)
{
  return check_content (element, input) && check_statistics (element, model, input) &&
         check_neighbours (element, model, input);
}
