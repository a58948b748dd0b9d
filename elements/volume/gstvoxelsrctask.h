/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstvoxelsrcvolume.h"
#include "slice-prefetch.h"

G_BEGIN_DECLS

typedef struct _GstVoxelSrcTask GstVoxelSrcTask;

/**
 * GstVoxelSrcTask:
 * @job: the slice to be decoded; must come first
 * @index: of the slice in the volume
 *
 * A slice that is decoded into a buffer, with its label. The other fields are private.
 */
struct _GstVoxelSrcTask {
  VoxelSliceJob job;
  guint index;

  GstBuffer *buffer;
  GstVideoFrame frame;
  GstBuffer *label;
  GstVideoFrame label_frame;
  gdouble label_weight;
};

GstVoxelSrcTask *gst_voxel_src_task_new (const GstVoxelSrcVolume *volume, guint index, GstBuffer *buffer,
                                         GstBuffer *label);
void gst_voxel_src_task_free (gpointer task, gpointer unused);
GstBuffer *gst_voxel_src_task_finish (GstVoxelSrcTask *task);

G_END_DECLS
