/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/random.h"

G_BEGIN_DECLS

typedef struct _VoxelTileVessels VoxelTileVessels;

VoxelTileVessels *voxel_tile_vessels_new (const guint8 *label, gsize stride, guint width, guint height);
void voxel_tile_vessels_free (VoxelTileVessels *vessels);
guint64 voxel_tile_vessels_get_count (const VoxelTileVessels *vessels);
void voxel_tile_vessels_get (const VoxelTileVessels *vessels, guint64 index, guint *x, guint *y);

void voxel_tile_random_place (VoxelRandom *random, guint width, guint height, guint size,
                              const VoxelTileVessels *vessels, gdouble share, guint *x, guint *y);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelTileVessels, voxel_tile_vessels_free)

G_END_DECLS
