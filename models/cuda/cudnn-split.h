/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/graph/graph.h"

G_BEGIN_DECLS

gboolean voxel_cudnn_split (VoxelGraph *graph, GError **error);

G_END_DECLS
