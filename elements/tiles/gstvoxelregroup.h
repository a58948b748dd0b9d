/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_REGROUP (gst_voxel_regroup_get_type ())
G_DECLARE_DERIVABLE_TYPE (GstVoxelRegroup, gst_voxel_regroup, GST, VOXEL_REGROUP, GstElement)

/**
 * GstVoxelRegroupClass:
 * @keeps_format: the pixels' format is the same on both sides
 * @takes_tile_meta: views that are only announced by the tile meta are understood on the sink pad
 * @prepare: (nullable): check the properties before data flows; posts an error where it returns %FALSE
 * @regroup: take a buffer and push what it becomes, maybe nothing yet
 * @complete: (nullable): a boundary of the stream has come; posts an error naming what is missing where
 *   it returns %FALSE
 * @reset: (nullable): forget what came before, and free what was kept of it: it is the last call too
 *
 * Base of the elements that make several buffers of one or one of several. They push from the streaming
 * thread only and keep no more than one slice.
 */
struct _GstVoxelRegroupClass {
  GstElementClass parent_class;

  gboolean keeps_format;
  gboolean takes_tile_meta;

  gboolean (*prepare) (GstVoxelRegroup *self);
  GstFlowReturn (*regroup) (GstVoxelRegroup *self, GstBuffer *buffer);
  gboolean (*complete) (GstVoxelRegroup *self, GstEventType boundary);
  void (*reset) (GstVoxelRegroup *self);
};

const GstVideoInfo *gst_voxel_regroup_get_input (GstVoxelRegroup *self);
const GstVideoInfo *gst_voxel_regroup_get_output (GstVoxelRegroup *self);
GstFlowReturn gst_voxel_regroup_set_output (GstVoxelRegroup *self, GstVideoFormat format, guint width,
                                            guint height);
gboolean gst_voxel_regroup_downstream_takes (GstVoxelRegroup *self, GType meta_api);
GstFlowReturn gst_voxel_regroup_acquire (GstVoxelRegroup *self, const GstVideoInfo *info, GstBuffer **buffer);
GstFlowReturn gst_voxel_regroup_push (GstVoxelRegroup *self, GstBuffer *buffer);

G_END_DECLS
