/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/graph/graph.h"

G_BEGIN_DECLS

/**
 * VoxelOperatorCase:
 * @op: what is drawn
 * @draw: appends it, and what it needs to have operands, to a graph that has an input; returns its result
 *
 * An operator with random attributes and shapes.
 */
typedef struct _VoxelOperatorDraw VoxelOperatorDraw;
typedef struct {
  const VoxelOp *op;
  VoxelTensor *(*draw) (VoxelOperatorDraw *draw);
} VoxelOperatorCase;

const VoxelOperatorCase *voxel_operator_case_nth (guint n);
VoxelGraph *voxel_operator_case_graph (const VoxelOperatorCase *which, GRand *random, guint n);

G_END_DECLS
