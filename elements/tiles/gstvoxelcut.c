/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelcut.h"

#include "elements/stream/voxel.h"
#include "gstvoxelpicture.h"
#include "gstvoxelplace.h"
#include "reflect.h"

/* A region of the slice with the slice's stride; no pixel is copied. */
static GstBuffer *
share (const GstVideoFrame *slice, const GstVoxelCut *cut)
{
  GstVideoMeta *meta = gst_buffer_get_video_meta (slice->buffer);
  gint stride = GST_VIDEO_FRAME_PLANE_STRIDE (slice, 0), pixel = GST_VIDEO_FRAME_COMP_PSTRIDE (slice, 0);
  gsize start = (meta ? meta->offset[0] : 0) + (gsize) cut->y * stride + (gsize) cut->x * pixel;
  gsize size = (gsize) (cut->height - 1) * stride + (gsize) cut->width * pixel;
  gsize offsets[GST_VIDEO_MAX_PLANES] = {0};
  gint strides[GST_VIDEO_MAX_PLANES] = {stride};
  GstBuffer *tile = gst_buffer_copy_region (slice->buffer, GST_BUFFER_COPY_MEMORY, start, size);

  gst_buffer_add_video_meta_full (tile, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FRAME_FORMAT (slice), cut->width,
                                  cut->height, 1, offsets, strides);
  return tile;
}

static GstFlowReturn
copy (GstVoxelRegroup *regroup, const GstVideoFrame *slice, const GstVoxelCut *cut, GstBuffer **tile)
{
  guint width = MIN (cut->width, (guint) GST_VIDEO_FRAME_WIDTH (slice) - cut->x);
  guint height = MIN (cut->height, (guint) GST_VIDEO_FRAME_HEIGHT (slice) - cut->y);
  gsize stride = GST_VIDEO_FRAME_PLANE_STRIDE (slice, 0);
  guint pixel = GST_VIDEO_FRAME_COMP_PSTRIDE (slice, 0);
  g_autoptr (GstBuffer) buffer = NULL;
  GstVideoFrame frame;
  GstFlowReturn ret = gst_voxel_regroup_acquire (regroup, &buffer);

  if (ret != GST_FLOW_OK)
    return ret;
  if (!gst_voxel_picture_map_new (GST_ELEMENT (regroup), gst_voxel_regroup_get_output (regroup), &frame,
                                  buffer))
    return GST_FLOW_ERROR;
  voxel_reflect_pad ((const guint8 *) GST_VIDEO_FRAME_PLANE_DATA (slice, 0) + cut->y * stride +
                         (gsize) cut->x * pixel,
                     stride, width, height, pixel, GST_VIDEO_FRAME_PLANE_DATA (&frame, 0),
                     GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), cut->width, cut->height);
  gst_video_frame_unmap (&frame);
  *tile = g_steal_pointer (&buffer);
  return GST_FLOW_OK;
}

/**
 * gst_voxel_cut_picture:
 * @regroup: whose output has the size of @cut
 * @slice: mapped for reading
 * @cut: what is wanted of it
 * @tile: (out) (transfer full): the pixels, without metas but the one that says how they lie; the slice's memory
 *   where downstream takes rows with gaps and nothing is reflected
 *
 * Returns: GST_FLOW_OK, or why there is none
 */
GstFlowReturn
gst_voxel_cut_picture (GstVoxelRegroup *regroup, const GstVideoFrame *slice, const GstVoxelCut *cut,
                       GstBuffer **tile)
{
  gboolean inside = cut->x + cut->width <= (guint) GST_VIDEO_FRAME_WIDTH (slice) &&
                    cut->y + cut->height <= (guint) GST_VIDEO_FRAME_HEIGHT (slice);

  if (!inside || !gst_voxel_regroup_downstream_takes (regroup, GST_VIDEO_META_API_TYPE))
    return copy (regroup, slice, cut, tile);
  *tile = share (slice, cut);
  return GST_FLOW_OK;
}

static GstFlowReturn
cut_neighbour (GstVoxelRegroup *regroup, GstBuffer *picture, const GstVoxelCut *cut, GstBuffer **tile)
{
  GstVideoFrame frame;
  GstFlowReturn ret;

  if (!gst_voxel_picture_map (GST_ELEMENT (regroup), gst_voxel_regroup_get_input (regroup), &frame, picture))
    return GST_FLOW_ERROR;
  ret = gst_voxel_cut_picture (regroup, &frame, cut, tile);
  gst_video_frame_unmap (&frame);
  if (ret == GST_FLOW_OK)
    gst_voxel_place_copy (*tile, picture);
  return ret;
}

/**
 * gst_voxel_cut_neighbours:
 * @regroup: whose output has the size of @cut
 * @slice: a slice, maybe with neighbours
 * @cut: what was wanted of it
 * @tile: what came of it
 *
 * Gives @tile the same of each neighbour.
 *
 * Returns: GST_FLOW_OK, or why that cannot be
 */
GstFlowReturn
gst_voxel_cut_neighbours (GstVoxelRegroup *regroup, GstBuffer *slice, const GstVoxelCut *cut, GstBuffer *tile)
{
  const GstVoxelNeighboursMeta *around = gst_buffer_get_voxel_neighbours_meta (slice);
  GstVoxelNeighboursMeta *meta;
  GstFlowReturn ret = GST_FLOW_OK;

  if (!around)
    return GST_FLOW_OK;
  meta = gst_buffer_add_voxel_neighbours_meta (tile, around->reach);
  for (guint i = 0; i < 2 * around->reach && ret == GST_FLOW_OK; i++)
    ret = cut_neighbour (regroup, around->pictures[i], cut, &meta->pictures[i]);
  return ret;
}
