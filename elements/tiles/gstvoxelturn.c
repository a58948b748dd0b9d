/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelturn.h"

#include "gstvoxelpicture.h"
#include "gstvoxelremake.h"

static GstFlowReturn
turn (GstVoxelRegroup *self, GstBuffer *picture, const GstVideoInfo *in, const GstVideoInfo *out,
      gconstpointer symmetry, GstBuffer **turned)
{
  g_autoptr (GstBuffer) copy = NULL;
  GstVideoFrame from, to;
  GstFlowReturn ret = gst_voxel_regroup_acquire (self, out, &copy);

  if (ret != GST_FLOW_OK)
    return ret;
  if (!gst_voxel_picture_map (GST_ELEMENT (self), in, &from, picture))
    return GST_FLOW_ERROR;
  if (!gst_voxel_picture_map_new (GST_ELEMENT (self), out, &to, copy)) {
    gst_video_frame_unmap (&from);
    return GST_FLOW_ERROR;
  }
  voxel_dihedral_turn (*(const VoxelDihedral *) symmetry, GST_VIDEO_FRAME_PLANE_DATA (&from, 0),
                       GST_VIDEO_FRAME_PLANE_STRIDE (&from, 0), GST_VIDEO_FRAME_WIDTH (&from),
                       GST_VIDEO_FRAME_HEIGHT (&from), GST_VIDEO_FRAME_COMP_PSTRIDE (&from, 0),
                       GST_VIDEO_FRAME_PLANE_DATA (&to, 0), GST_VIDEO_FRAME_PLANE_STRIDE (&to, 0));
  gst_video_frame_unmap (&to);
  gst_video_frame_unmap (&from);
  *turned = g_steal_pointer (&copy);
  return GST_FLOW_OK;
}

/**
 * gst_voxel_turn:
 * @self: the element
 * @buffer: what arrived
 * @symmetry: how to turn it
 * @turned: (out) (transfer full): a copy in the output's size, rows as GStreamer lays them by default
 *
 * Metas go along, but the one that says how rows lie; neighbours and label are turned as well.
 *
 * Returns: GST_FLOW_OK, or why there is none
 */
GstFlowReturn
gst_voxel_turn (GstVoxelRegroup *self, GstBuffer *buffer, VoxelDihedral symmetry, GstBuffer **turned)
{
  return gst_voxel_remake (self, buffer, turn, &symmetry, turned);
}

/**
 * gst_voxel_turn_none:
 * @self: the element, whose output has the input's size
 * @buffer: what arrived
 * @copy: (out) (transfer full): another buffer with the same metas, and the same memory if downstream takes
 *   rows that lie so
 *
 * Returns: GST_FLOW_OK, or why there is none
 */
GstFlowReturn
gst_voxel_turn_none (GstVoxelRegroup *self, GstBuffer *buffer, GstBuffer **copy)
{
  if (!gst_voxel_regroup_downstream_takes (self, GST_VIDEO_META_API_TYPE) &&
      gst_voxel_picture_has_gaps (gst_voxel_regroup_get_input (self), buffer))
    return gst_voxel_turn (self, buffer, VOXEL_DIHEDRAL_R0, copy);
  *copy = gst_buffer_copy (buffer);
  return GST_FLOW_OK;
}
