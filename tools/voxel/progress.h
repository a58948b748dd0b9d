/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _VoxelProgress VoxelProgress;

/**
 * VoxelProgressMode:
 * @VOXEL_PROGRESS_AUTO: a bar on a terminal, a line every few seconds elsewhere
 * @VOXEL_PROGRESS_QUIET: nothing
 */
typedef enum {
  VOXEL_PROGRESS_AUTO,
  VOXEL_PROGRESS_QUIET,
} VoxelProgressMode;

VoxelProgress *voxel_progress_new (const gchar *command, VoxelProgressMode mode);
void voxel_progress_free (VoxelProgress *progress);
void voxel_progress_attach (VoxelProgress *progress, GstElement *pipeline);
void voxel_progress_set_resumed (VoxelProgress *progress, const guint slices[3]);
void voxel_progress_message (VoxelProgress *progress, GstMessage *message);
void voxel_progress_update (VoxelProgress *progress);
void voxel_progress_finish (VoxelProgress *progress);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelProgress, voxel_progress_free)

G_END_DECLS
