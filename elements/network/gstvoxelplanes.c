/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelplanes.h"

#include <math.h>

#include "elements/stream/voxel.h"

/**
 * gst_voxel_planes_get:
 * @input: a picture, with @n / 2 neighbours on either side
 * @n: an odd number
 * @i: below @n
 *
 * Returns: (transfer none): the i-th of them, @input itself in the middle
 */
GstBuffer *
gst_voxel_planes_get (GstBuffer *input, guint n, guint i)
{
  const GstVoxelNeighboursMeta *around = n > 1 ? gst_buffer_get_voxel_neighbours_meta (input) : NULL;
  guint middle = n / 2;

  return i == middle ? input : around->pictures[i < middle ? i : i - 1];
}

/**
 * gst_voxel_planes_map:
 * @input: a picture, with @n / 2 neighbours on either side
 * @info: what each of them holds
 * @n: an odd number
 * @frames: (out): to be unmapped with gst_video_frame_unmap(), as many as are returned
 * @planes: (out): what a network needs to know of them
 *
 * Returns: how many could be mapped; @n where all could
 */
guint
gst_voxel_planes_map (GstBuffer *input, const GstVideoInfo *info, guint n, GstVideoFrame *frames,
                      VoxelTilePlane *planes)
{
  for (guint i = 0; i < n; i++) {
    GstBuffer *buffer = gst_voxel_planes_get (input, n, i);
    const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);

    if (!gst_video_frame_map (&frames[i], info, buffer, GST_MAP_READ))
      return i;
    planes[i] = (VoxelTilePlane){
        .pixels = GST_VIDEO_FRAME_PLANE_DATA (&frames[i], 0),
        .stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frames[i], 0),
        .mean = slice ? slice->mean : NAN,
        .stddev = slice ? slice->stddev : NAN,
    };
  }
  return n;
}
