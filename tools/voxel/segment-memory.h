/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/model.h"
#include "segment-settings.h"

G_BEGIN_DECLS

/**
 * VoxelSegmentMemory:
 * @network: bytes of the limit that are the network's; 0 where there is no limit, or tiles are small
 * @note: (nullable): what was decided and why, for the user
 */
typedef struct {
  guint64 network;
  gchar *note;
} VoxelSegmentMemory;

gboolean voxel_segment_memory_plan (VoxelSegmentSettings *settings, VoxelModel *model, const guint shape[3],
                                    guint64 limit, VoxelSegmentMemory *memory, GError **error);
void voxel_segment_memory_clear (VoxelSegmentMemory *memory);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VoxelSegmentMemory, voxel_segment_memory_clear)

G_END_DECLS
