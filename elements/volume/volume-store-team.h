/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _VoxelVolumeStoreTeam VoxelVolumeStoreTeam;

/**
 * VoxelVolumeStoreTask:
 * @index: which of the tasks
 * @worker: who does it: below the team's size, and nobody else at the same time
 * @data: as given
 * @error: what went wrong
 *
 * Returns: whether it was done
 */
typedef gboolean (*VoxelVolumeStoreTask) (guint index, guint worker, gpointer data, GError **error);

VoxelVolumeStoreTeam *voxel_volume_store_team_new (guint workers);
guint voxel_volume_store_team_get_workers (const VoxelVolumeStoreTeam *team);
gboolean voxel_volume_store_team_run (VoxelVolumeStoreTeam *team, VoxelVolumeStoreTask task, guint n,
                                      gboolean pays, gpointer data, GError **error);
void voxel_volume_store_team_free (VoxelVolumeStoreTeam *team);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelVolumeStoreTeam, voxel_volume_store_team_free)

G_END_DECLS
