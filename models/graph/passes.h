/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"

G_BEGIN_DECLS

/* In this order; see backend.h. */
void voxel_pass_prune (VoxelGraph *graph);
void voxel_pass_fold_batch_norm (VoxelGraph *graph);
void voxel_pass_fuse (VoxelGraph *graph);
gboolean voxel_pass_precision (VoxelGraph *graph, VoxelPrecision precision, GError **error);
void voxel_pass_join (VoxelGraph *graph, const VoxelBackend *backend);
void voxel_pass_in_place (VoxelGraph *graph, const VoxelBackend *backend);
void voxel_pass_loosen (VoxelGraph *graph, gsize most);

/* For lower(), where a backend wants it. */
gboolean voxel_tensor_turns (const VoxelTensor *tensor);
gboolean voxel_pass_turn_input (VoxelGraph *graph, GError **error);
gboolean voxel_pass_turn_output (VoxelGraph *graph, GError **error);
gboolean voxel_pass_turn_pictures (VoxelGraph *graph, GError **error);
gboolean voxel_pass_split_batch_norm (VoxelGraph *graph, GError **error);

gboolean voxel_graph_lower (VoxelGraph *graph, const VoxelBackend *backend, const VoxelTarget *target,
                            GError **error);
gboolean voxel_graph_share (VoxelGraph *graph, const VoxelBackend *backend, gsize most, GError **error);

G_END_DECLS
