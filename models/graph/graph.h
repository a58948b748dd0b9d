/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/graph/op.h"

G_BEGIN_DECLS

/**
 * VoxelGraph:
 * @digest: of the model, first part of every packed constant's key
 * @nodes: of #VoxelNode, each after those whose outputs it reads
 * @tensors: of #VoxelTensor
 * @input: the graph's input, float NCHW
 * @output: the graph's output, float NCHW
 *
 * Nodes in order of execution. Built anew for each plan (shapes are known when a node is added), then
 * rewritten by passes; the graph owns its nodes and tensors.
 */
typedef struct {
  gchar *digest;
  GPtrArray *nodes;
  GPtrArray *tensors;
  VoxelTensor *input;
  VoxelTensor *output;
} VoxelGraph;

VoxelGraph *voxel_graph_new (const gchar *digest);
void voxel_graph_free (VoxelGraph *graph);

VoxelTensor *voxel_graph_input (VoxelGraph *graph, const VoxelShape *shape);
VoxelTensor *voxel_graph_constant (VoxelGraph *graph, VoxelConstant *constant);
VoxelNode *voxel_graph_append (VoxelGraph *graph, const VoxelOp *op, const gchar *name,
                               gconstpointer attributes, VoxelTensor *const *inputs, guint n_inputs,
                               GError **error);

/* Rewriting, for passes and backends. */
VoxelNode *voxel_graph_insert (VoxelGraph *graph, guint position, const VoxelOp *op, const gchar *name,
                               gconstpointer attributes, VoxelTensor *const *inputs, guint n_inputs,
                               GError **error);
VoxelTensor *voxel_graph_add_output (VoxelGraph *graph, VoxelNode *node, const VoxelShape *shape);
gboolean voxel_graph_position (const VoxelGraph *graph, const VoxelNode *node, guint *position);
guint voxel_graph_consumers (const VoxelGraph *graph, const VoxelTensor *tensor, VoxelNode **only);
void voxel_graph_redirect (VoxelGraph *graph, VoxelTensor *from, VoxelTensor *to);
void voxel_graph_adopt (VoxelGraph *graph, VoxelNode *node, guint output, VoxelTensor *tensor);
void voxel_graph_remove (VoxelGraph *graph, VoxelNode *node);
gboolean voxel_graph_check (const VoxelGraph *graph, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelGraph, voxel_graph_free)

G_END_DECLS
