/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/plan.h"

G_BEGIN_DECLS

/* What runs compute in, of this process or of a device. Runs of different plans that are never executed at the same
 * time may share it: the largest decides how much there is. */

typedef struct _VoxelRunMemory VoxelRunMemory;

VoxelRunMemory *voxel_run_memory_new (gsize size, GError **error);
VoxelRunMemory *voxel_run_memory_new_for (VoxelPlan *plan, gsize size, GError **error);
VoxelRunMemory *voxel_run_memory_ref (VoxelRunMemory *memory);
void voxel_run_memory_unref (VoxelRunMemory *memory);
gboolean voxel_run_memory_holds (const VoxelRunMemory *memory, VoxelPlan *plan);
gsize voxel_run_memory_get_size (const VoxelRunMemory *memory);
guint8 *voxel_run_memory_get_arena (VoxelRunMemory *memory);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelRunMemory, voxel_run_memory_unref)

G_END_DECLS
