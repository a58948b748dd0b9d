/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelremake.h"

#include "elements/stream/voxel.h"
#include "gstvoxelplace.h"

typedef struct {
  GstVoxelRegroup *element;
  GstVoxelRemakeFunc func;
  gconstpointer data;
} Remake;

static GstFlowReturn
make (const Remake *remake, GstBuffer *from, GstVideoFormat format, GstBuffer **made)
{
  const GstVideoInfo *size_in = gst_voxel_regroup_get_input (remake->element),
                     *size_out = gst_voxel_regroup_get_output (remake->element);
  GstVideoInfo in, out;
  GstFlowReturn ret;

  gst_video_info_set_format (&in, format, GST_VIDEO_INFO_WIDTH (size_in), GST_VIDEO_INFO_HEIGHT (size_in));
  gst_video_info_set_format (&out, format, GST_VIDEO_INFO_WIDTH (size_out), GST_VIDEO_INFO_HEIGHT (size_out));
  ret = remake->func (remake->element, from, &in, &out, remake->data, made);
  if (ret == GST_FLOW_OK)
    gst_voxel_place_copy (*made, from);
  return ret;
}

static GstFlowReturn
make_neighbours (const Remake *remake, GstBuffer *from, GstVideoFormat format, GstBuffer *to)
{
  const GstVoxelNeighboursMeta *around = gst_buffer_get_voxel_neighbours_meta (from);
  GstVoxelNeighboursMeta *meta;
  GstFlowReturn ret = GST_FLOW_OK;

  if (!around)
    return GST_FLOW_OK;
  meta = gst_buffer_add_voxel_neighbours_meta (to, around->reach);
  for (guint i = 0; i < 2 * around->reach && ret == GST_FLOW_OK; i++)
    ret = make (remake, around->pictures[i], format, &meta->pictures[i]);
  return ret;
}

static GstFlowReturn
make_label (const Remake *remake, GstBuffer *from, GstBuffer *to)
{
  const GstVoxelLabelMeta *meta = gst_buffer_get_voxel_label_meta (from);
  g_autoptr (GstBuffer) label = NULL;
  GstFlowReturn ret;

  if (!meta)
    return GST_FLOW_OK;
  ret = make (remake, meta->label, GST_VIDEO_FORMAT_GRAY8, &label);
  if (ret == GST_FLOW_OK)
    gst_buffer_add_voxel_label_meta (to, label, meta->weight);
  return ret;
}

/**
 * gst_voxel_remake:
 * @self: the element, its output set to what @func makes of a picture
 * @from: what arrived
 * @func: (scope call): what is done to it
 * @data: for @func
 * @made: (out) (transfer full): what came of it, in its place, with what goes with it
 *
 * Does the same to a picture, to its neighbours and to its label.
 *
 * Returns: GST_FLOW_OK, or why there is none; then an error has been posted
 */
GstFlowReturn
gst_voxel_remake (GstVoxelRegroup *self, GstBuffer *from, GstVoxelRemakeFunc func, gconstpointer data,
                  GstBuffer **made)
{
  const Remake remake = {self, func, data};
  GstVideoFormat format = GST_VIDEO_INFO_FORMAT (gst_voxel_regroup_get_input (self));
  g_autoptr (GstBuffer) buffer = NULL;
  GstFlowReturn ret = make (&remake, from, format, &buffer);

  if (ret == GST_FLOW_OK)
    ret = make_neighbours (&remake, from, format, buffer);
  if (ret == GST_FLOW_OK)
    ret = make_label (&remake, from, buffer);
  if (ret == GST_FLOW_OK)
    *made = g_steal_pointer (&buffer);
  return ret;
}
