/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "augment-transform.h"

G_BEGIN_DECLS

/**
 * VoxelAugmentTask:
 * @task: the caller's
 * @scratch: memory of the thread that runs it
 *
 * What is done to a task.
 */
typedef void (*VoxelAugmentTask) (gpointer task, VoxelAugmentScratch *scratch);

/**
 * VoxelAugmentCrew:
 *
 * Threads that do tasks side by side and hand them back in the order in which they came. Only one thread may call.
 */
typedef struct _VoxelAugmentCrew VoxelAugmentCrew;

VoxelAugmentCrew *voxel_augment_crew_new (guint threads, VoxelAugmentTask func);
void voxel_augment_crew_free (VoxelAugmentCrew *crew);
void voxel_augment_crew_push (VoxelAugmentCrew *crew, gpointer task);
gpointer voxel_augment_crew_pop (VoxelAugmentCrew *crew);
guint voxel_augment_crew_get_length (VoxelAugmentCrew *crew);
gboolean voxel_augment_crew_is_full (VoxelAugmentCrew *crew);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelAugmentCrew, voxel_augment_crew_free)

G_END_DECLS
