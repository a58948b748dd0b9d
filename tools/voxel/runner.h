/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "progress.h"

G_BEGIN_DECLS

typedef struct _VoxelRunner VoxelRunner;

/**
 * VoxelRunnerMessageFunc:
 * @message: an ELEMENT message that is no progress
 * @data: of voxel_runner_set_message_func()
 *
 * Called in the thread that runs.
 */
typedef void (*VoxelRunnerMessageFunc) (GstMessage *message, gpointer data);

VoxelRunner *voxel_runner_new (const gchar *command, const gchar *launch, VoxelProgressMode mode,
                               GError **error);
void voxel_runner_free (VoxelRunner *runner);
GstElement *voxel_runner_get_pipeline (VoxelRunner *runner);
void voxel_runner_set_resumed (VoxelRunner *runner, const guint slices[3]);
void voxel_runner_set_message_func (VoxelRunner *runner, VoxelRunnerMessageFunc func, gpointer data);
int voxel_runner_run (VoxelRunner *runner, GError **error);
gdouble voxel_runner_get_seconds (const VoxelRunner *runner);
const GPtrArray *voxel_runner_get_warnings (const VoxelRunner *runner);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelRunner, voxel_runner_free)

G_END_DECLS
