/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/graph/graph.h"

G_BEGIN_DECLS

#define VOXEL_ARENA_ALIGNMENT 64

/**
 * VoxelArena:
 * @offset: bytes, one per tensor of the graph, those of slices included; %G_MAXSIZE for what has no memory
 * @size: of the arena
 * @lower_bound: the most bytes alive at once, which no plan can do without
 */
typedef struct {
  gsize *offset;
  gsize size;
  gsize lower_bound;
} VoxelArena;

gboolean voxel_arena_plan (VoxelArena *arena, const VoxelGraph *graph, GError **error);
void voxel_arena_clear (VoxelArena *arena);

G_END_DECLS
