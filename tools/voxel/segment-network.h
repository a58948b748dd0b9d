/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/model.h"
#include "segment-backend.h"

G_BEGIN_DECLS

/**
 * VoxelSegmentNetwork:
 * @memory_limit: bytes of the whole limit that are the network's; 0 where there is no limit, or tiles are small
 * @slicewise: whether slices go to a device as a whole and come back so: the least that crosses the bus
 * @note: (nullable): what was decided and why, for the user
 */
typedef struct {
  guint64 memory_limit;
  gboolean slicewise;
  gchar *note;
} VoxelSegmentNetwork;

gboolean voxel_segment_network_plan (VoxelSegmentSettings *settings, VoxelModel *model, const guint shape[3],
                                     const VoxelSegmentBackend *backend, guint64 limit,
                                     VoxelSegmentNetwork *result, GError **error);
void voxel_segment_network_clear (VoxelSegmentNetwork *result);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VoxelSegmentNetwork, voxel_segment_network_clear)

G_END_DECLS
