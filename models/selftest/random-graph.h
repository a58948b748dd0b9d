/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/graph/graph.h"

G_BEGIN_DECLS

VoxelConstant *voxel_random_constant (const gchar *key, const VoxelShape *shape, GRand *random, gdouble low,
                                      gdouble high);
VoxelGraph *voxel_random_graph (GRand *random, guint n);

G_END_DECLS
