/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cuda/cudnn-descriptor.h"
#include "models/graph/op.h"

G_BEGIN_DECLS

/**
 * VoxelCudnnRole:
 * @VOXEL_CUDNN_INPUT: an input of the node
 * @VOXEL_CUDNN_OUTPUT: an output of the node
 * @VOXEL_CUDNN_SCALAR: a float in host memory, known when the graph is made
 *
 * What a tensor of cuDNN's stands for.
 */
typedef enum { VOXEL_CUDNN_INPUT, VOXEL_CUDNN_OUTPUT, VOXEL_CUDNN_SCALAR } VoxelCudnnRole;

/**
 * VoxelCudnnOperand:
 * @role: what it stands for
 * @index: of the node's input or output
 * @offset: bytes from where that begins (joint offsets are in the addresses already)
 * @value: of a scalar
 *
 * What cuDNN is to be given the address of. Identifiers of cuDNN's tensors count from 1 in this order.
 */
typedef struct {
  VoxelCudnnRole role;
  guint index;
  gsize offset;
  gfloat value;
} VoxelCudnnOperand;

/**
 * VoxelCudnnGraph:
 * @all: its descriptors
 * @node: what it computes
 * @operands: of #VoxelCudnnOperand
 * @operations: of cuDNN's, in order
 * @descriptor: of all operations together
 *
 * A graph of cuDNN's that computes one node: an operator and what passes have fused into it. Constants are
 * expected in the type of the first input: filters O, KH, KW, I / groups (so that channels are innermost as in
 * pictures; transposed ones I, KH, KW, O / groups), matrices as they are.
 */
typedef struct {
  VoxelCudnnDescriptors all;
  const VoxelNode *node;
  GArray *operands;
  GPtrArray *operations;
  cudnnBackendDescriptor_t descriptor;
} VoxelCudnnGraph;

VoxelCudnnGraph *voxel_cudnn_graph_new (const VoxelCudnnLibrary *library, const VoxelNode *node,
                                        GError **error);
void voxel_cudnn_graph_free (VoxelCudnnGraph *graph);
gboolean voxel_cudnn_graph_takes (const VoxelNode *node);
gboolean voxel_cudnn_graph_takes_joint (const VoxelNode *node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelCudnnGraph, voxel_cudnn_graph_free)

G_END_DECLS
