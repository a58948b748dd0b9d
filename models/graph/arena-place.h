/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/graph/lives.h"

G_BEGIN_DECLS

/**
 * VoxelArenaBlock:
 * @life: from when until when it is in use
 * @size: bytes, a multiple of the alignment
 * @offset: where it lies
 */
typedef struct {
  VoxelLife life;
  gsize size;
  gsize offset;
} VoxelArenaBlock;

gsize voxel_arena_place (VoxelArenaBlock *blocks, guint n);
gsize voxel_arena_fullest (const VoxelArenaBlock *blocks, guint n);

G_END_DECLS
