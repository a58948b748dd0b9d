/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstvoxelsrcchoice.h"
#include "slice-prefetch.h"

G_BEGIN_DECLS

typedef struct _GstVoxelSrcTask GstVoxelSrcTask;

/**
 * GstVoxelSrcTask:
 * @job: the slice to be decoded; must come first
 *
 * A slice that is decoded into a buffer. The other fields are private.
 */
struct _GstVoxelSrcTask {
  VoxelSliceJob job;

  GstBuffer *buffer;
  GstVideoFrame frame;
};

GstVoxelSrcTask *gst_voxel_src_task_new (const GstVoxelSrcChoice *choice, guint index, GstBuffer *buffer);
void gst_voxel_src_task_free (gpointer task, gpointer unused);
GstBuffer *gst_voxel_src_task_finish (GstVoxelSrcTask *task);

G_END_DECLS
