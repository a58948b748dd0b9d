/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"

G_BEGIN_DECLS

/**
 * VoxelInterpretFunc:
 * @node: about to be computed
 * @inputs: its operands, float, row-major; %NULL for constants
 * @data: of the caller
 *
 * Called before each node.
 */
typedef void (*VoxelInterpretFunc) (const VoxelNode *node, gfloat *const *inputs, gpointer data);

gfloat *voxel_interpret (const VoxelGraph *graph, const gfloat *input, VoxelInterpretFunc func, gpointer data,
                         GError **error);
gfloat *voxel_interpret_plan (VoxelGraph *graph, const VoxelBackend *backend, const VoxelPlanKey *key,
                              const gfloat *input, GError **error);

G_END_DECLS
