/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/graph/graph.h"

G_BEGIN_DECLS

#define VOXEL_ARENA_ALIGNMENT 64

/**
 * VoxelArena:
 * @offset: bytes, one per tensor of the graph, those of slices included; %G_MAXSIZE for what has no memory
 * @scratch: bytes, where each node's scratchpad begins
 * @size: of the arena
 * @fullest: the most bytes in use at once, which no arena for this graph can do without
 */
typedef struct {
  gsize *offset;
  gsize *scratch;
  gsize size;
  gsize fullest;
} VoxelArena;

gsize *voxel_arena_alive (const VoxelGraph *graph, GError **error);
gboolean voxel_arena_plan (VoxelArena *arena, const VoxelGraph *graph, const gsize *scratch, GError **error);
void voxel_arena_clear (VoxelArena *arena);

G_END_DECLS
