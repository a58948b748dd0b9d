/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _VoxelProgressWatch VoxelProgressWatch;

/**
 * VoxelProgressState:
 * @axis: 'z', 'y' or 'x' of the slice that came last; 0 before the first
 * @slice: slices of this axis that are done
 * @slices: slices of this axis
 * @pass: number of the axis among those that come, from 1
 * @passes: axes that come
 * @resumed: voxels that an earlier run has done, on all axes
 * @done: voxels that this run has done, on all axes
 * @total: voxels on all axes; 0 where unknown
 */
typedef struct {
  gchar axis;
  guint slice;
  guint slices;
  guint pass;
  guint passes;
  guint64 resumed;
  guint64 done;
  guint64 total;
} VoxelProgressState;

VoxelProgressWatch *voxel_progress_watch_new (GstElement *pipeline);
void voxel_progress_watch_set_resumed (VoxelProgressWatch *watch, const guint slices[3]);
void voxel_progress_watch_free (VoxelProgressWatch *watch);
VoxelProgressState voxel_progress_watch_get (VoxelProgressWatch *watch);

G_END_DECLS
