/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _VoxelShardPlace VoxelShardPlace;

VoxelShardPlace *voxel_shard_place_new (const gchar *location, const gchar *index, GError **error);
gchar *voxel_shard_place_get_path (const VoxelShardPlace *self, guint64 number);
const gchar *voxel_shard_place_get_folder (const VoxelShardPlace *self);
const gchar *voxel_shard_place_get_index (const VoxelShardPlace *self);
gboolean voxel_shard_place_check_empty (const VoxelShardPlace *self, GError **error);
gboolean voxel_shard_place_clear (const VoxelShardPlace *self, GError **error);
void voxel_shard_place_free (VoxelShardPlace *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelShardPlace, voxel_shard_place_free)

G_END_DECLS
