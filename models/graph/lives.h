/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/graph/graph.h"

G_BEGIN_DECLS

/**
 * VoxelLife:
 * @first: index of the node that computes a tensor, 0 for the graph's input; %G_MAXUINT for what is neither
 * @last: of the node that reads it last, @first if none does; the last node for the graph's output, and for its
 *   input, which stays as it is
 */
typedef struct {
  guint first, last;
} VoxelLife;

VoxelLife *voxel_graph_lives (const VoxelGraph *graph);
VoxelLife *voxel_graph_root_lives (const VoxelGraph *graph);
gboolean voxel_life_meets (const VoxelLife *a, const VoxelLife *b);

G_END_DECLS
