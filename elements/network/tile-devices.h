/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/network/tile-network.h"

G_BEGIN_DECLS

/* Runs of a device: one is computed while the input of the next is prepared and the scores of the last are coded. */
#define VOXEL_TILE_DEVICES_RUNS 2

typedef struct _VoxelTileDevices VoxelTileDevices;
typedef struct _VoxelTileRules VoxelTileRules;

VoxelTileDevices *voxel_tile_devices_new (const VoxelTileRules *rules, const VoxelPlanKey *key,
                                          const GArray *devices, guint batch, guint64 memory_limit);
void voxel_tile_devices_free (VoxelTileDevices *devices);
guint voxel_tile_devices_get_batch (const VoxelTileDevices *devices);
gdouble voxel_tile_devices_get_busy (VoxelTileDevices *devices);
const VoxelNetworkSize *voxel_tile_devices_look (VoxelTileDevices *devices, guint company, guint height,
                                                 guint width, gboolean *news, GError **error);
gboolean voxel_tile_devices_begin (VoxelTileDevices *devices, VoxelTileBatch *batch, GError **error);
void voxel_tile_devices_end (VoxelTileDevices *devices, VoxelTileBatch *batch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelTileDevices, voxel_tile_devices_free)

G_END_DECLS
