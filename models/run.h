/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/plan.h"
#include "models/run-memory.h"

G_BEGIN_DECLS

typedef struct _VoxelRun VoxelRun;

VoxelRun *voxel_run_new (VoxelPlan *plan, GError **error);
VoxelRun *voxel_run_new_in (VoxelPlan *plan, VoxelRunMemory *memory, GError **error);
void voxel_run_free (VoxelRun *run);
gfloat *voxel_run_get_input (VoxelRun *run);
const gfloat *voxel_run_get_output (VoxelRun *run);
gboolean voxel_run_execute (VoxelRun *run, gint64 *step_ns, GError **error);
gboolean voxel_run_start (VoxelRun *run, GError **error);
gboolean voxel_run_wait (VoxelRun *run, GError **error);

/* On a device: for callers that put the input there and take the output from there by work of their own. */
gpointer voxel_run_get_queue (VoxelRun *run);
gpointer voxel_run_get_device_input (VoxelRun *run);
gconstpointer voxel_run_get_device_output (VoxelRun *run);
gboolean voxel_run_start_steps (VoxelRun *run, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelRun, voxel_run_free)

G_END_DECLS
