/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/executor.h"

G_BEGIN_DECLS

/* Threads that take whole tasks and sleep in between. Only the executor thread calls, at its own pace. */

typedef void (*VoxelCrewHello) (void);

void voxel_crew_run (guint threads, gsize n, VoxelExecutorTask func, gpointer data, VoxelCrewHello hello);
void voxel_crew_before_fork (void);
void voxel_crew_after_fork (gboolean child);

G_END_DECLS
