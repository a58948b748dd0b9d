/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/network/tile-batch.h"

G_BEGIN_DECLS

/**
 * VoxelTilePart:
 * @batch: of which it is
 * @job: of the batch
 * @part: of the job, 0 where it is run whole
 *
 * A picture that a network sees.
 */
typedef struct {
  VoxelTileBatch *batch;
  guint job;
  guint part;
} VoxelTilePart;

/**
 * VoxelTileLoad:
 * @size: of all pictures
 * @n: how many there are, at most @size->n
 * @parts: the pictures, of one batch or of two that follow each other
 *
 * What is run at once.
 */
typedef struct {
  const VoxelNetworkSize *size;
  guint n;
  VoxelTilePart parts[];
} VoxelTileLoad;

VoxelTileLoad *voxel_tile_load_new (const VoxelNetworkSize *size);
void voxel_tile_load_add (VoxelTileLoad *load, VoxelTileBatch *batch, guint job, guint part);
gboolean voxel_tile_load_holds (const VoxelTileLoad *load, const VoxelTileBatch *batch);
void voxel_tile_load_fill (const VoxelTileLoad *load, VoxelRun *run, guint threads);
void voxel_tile_load_code (const VoxelTileLoad *load, VoxelRun *run, guint threads);
void voxel_tile_load_fail (const VoxelTileLoad *load, const GError *error);

G_END_DECLS
