/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _VoxelDiskCache VoxelDiskCache;

VoxelDiskCache *voxel_disk_cache_new (const gchar *folder, guint64 limit);
void voxel_disk_cache_free (VoxelDiskCache *cache);
gchar *voxel_disk_cache_read (VoxelDiskCache *cache, const gchar *key);
void voxel_disk_cache_write (VoxelDiskCache *cache, const gchar *key, const gchar *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelDiskCache, voxel_disk_cache_free)

G_END_DECLS
