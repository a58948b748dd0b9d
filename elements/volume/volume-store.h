/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes that a store takes where nobody says how many it may. */
#define VOXEL_VOLUME_STORE_MEMORY_LIMIT (G_GUINT64_CONSTANT (4) << 30)

/**
 * VoxelVolumeStoreMode:
 * @VOXEL_VOLUME_STORE_REPLACE: a slice put replaces what was there
 * @VOXEL_VOLUME_STORE_ADD: a slice put is added to what was there (modulo the voxel's range; voxels of less than a
 * byte stop at their largest value)
 */
typedef enum {
  VOXEL_VOLUME_STORE_REPLACE,
  VOXEL_VOLUME_STORE_ADD,
} VoxelVolumeStoreMode;

typedef struct _VoxelVolumeStore VoxelVolumeStore;

VoxelVolumeStore *voxel_volume_store_new (const guint shape[3], guint voxel_bits, VoxelVolumeStoreMode mode,
                                          guint64 memory_limit, const gchar *scratch, GError **error);
gboolean voxel_volume_store_put (VoxelVolumeStore *store, guint axis, guint index, const void *pixels,
                                 gsize stride, GError **error);
gboolean voxel_volume_store_get (VoxelVolumeStore *store, guint axis, guint index, void *pixels, gsize stride,
                                 GError **error);
gboolean voxel_volume_store_set_slab (VoxelVolumeStore *store, guint64 bytes, GError **error);
guint voxel_volume_store_get_depth (const VoxelVolumeStore *store);
guint64 voxel_volume_store_get_memory (const VoxelVolumeStore *store);
guint64 voxel_volume_store_get_peak_memory (const VoxelVolumeStore *store);
guint64 voxel_volume_store_get_scratch_size (const VoxelVolumeStore *store);
void voxel_volume_store_free (VoxelVolumeStore *store);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelVolumeStore, voxel_volume_store_free)

G_END_DECLS
