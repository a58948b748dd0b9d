/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Behind the last member of a tar file. */
#define VOXEL_SHARD_FILE_END 1024

typedef struct _VoxelShardFile VoxelShardFile;

guint64 voxel_shard_file_measure (gsize size);
VoxelShardFile *voxel_shard_file_new (const gchar *path, GError **error);
gboolean voxel_shard_file_begin (VoxelShardFile *self, const gchar *name, gsize size, GError **error);
gboolean voxel_shard_file_write (VoxelShardFile *self, gconstpointer data, gsize size, GError **error);
gboolean voxel_shard_file_finish (VoxelShardFile *self, GError **error);
void voxel_shard_file_abort (VoxelShardFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelShardFile, voxel_shard_file_abort)

G_END_DECLS
