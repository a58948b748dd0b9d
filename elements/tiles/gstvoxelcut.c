/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelcut.h"

#include "gstvoxelpicture.h"
#include "gstvoxelremake.h"
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
copy (GstVoxelRegroup *self, const GstVideoFrame *slice, const GstVideoInfo *out, const GstVoxelCut *cut,
      GstBuffer **tile)
{
  guint width = MIN (cut->width, (guint) GST_VIDEO_FRAME_WIDTH (slice) - cut->x);
  guint height = MIN (cut->height, (guint) GST_VIDEO_FRAME_HEIGHT (slice) - cut->y);
  gsize stride = GST_VIDEO_FRAME_PLANE_STRIDE (slice, 0);
  guint pixel = GST_VIDEO_FRAME_COMP_PSTRIDE (slice, 0);
  g_autoptr (GstBuffer) buffer = NULL;
  GstVideoFrame frame;
  GstFlowReturn ret = gst_voxel_regroup_acquire (self, out, &buffer);

  if (ret != GST_FLOW_OK)
    return ret;
  if (!gst_voxel_picture_map_new (GST_ELEMENT (self), out, &frame, buffer))
    return GST_FLOW_ERROR;
  voxel_reflect_pad ((const guint8 *) GST_VIDEO_FRAME_PLANE_DATA (slice, 0) + cut->y * stride +
                         (gsize) cut->x * pixel,
                     stride, width, height, pixel, GST_VIDEO_FRAME_PLANE_DATA (&frame, 0),
                     GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), cut->width, cut->height);
  gst_video_frame_unmap (&frame);
  *tile = g_steal_pointer (&buffer);
  return GST_FLOW_OK;
}

static GstFlowReturn
cut_picture (GstVoxelRegroup *self, GstBuffer *picture, const GstVideoInfo *in, const GstVideoInfo *out,
             gconstpointer data, GstBuffer **tile)
{
  const GstVoxelCut *cut = data;
  gboolean inside = cut->x + cut->width <= (guint) GST_VIDEO_INFO_WIDTH (in) &&
                    cut->y + cut->height <= (guint) GST_VIDEO_INFO_HEIGHT (in);
  GstFlowReturn ret = GST_FLOW_OK;
  GstVideoFrame frame;

  if (!gst_voxel_picture_map (GST_ELEMENT (self), in, &frame, picture))
    return GST_FLOW_ERROR;
  if (inside && gst_voxel_regroup_downstream_takes (self, GST_VIDEO_META_API_TYPE))
    *tile = share (&frame, cut);
  else
    ret = copy (self, &frame, out, cut, tile);
  gst_video_frame_unmap (&frame);
  return ret;
}

/**
 * gst_voxel_cut:
 * @self: whose output has the size of @cut
 * @slice: what arrived
 * @cut: what is wanted of it
 * @tile: (out) (transfer full): that, in the slice's place, with the same of its neighbours and its label; the
 *   slice's memory where downstream takes rows with gaps and nothing is reflected
 *
 * Returns: GST_FLOW_OK, or why there is none
 */
GstFlowReturn
gst_voxel_cut (GstVoxelRegroup *self, GstBuffer *slice, const GstVoxelCut *cut, GstBuffer **tile)
{
  return gst_voxel_remake (self, slice, cut_picture, cut, tile);
}
