/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/graph/graph.h"

G_BEGIN_DECLS

#define VOXEL_REACH_ALL G_MAXUINT

guint voxel_graph_reach (const VoxelGraph *graph);

G_END_DECLS
