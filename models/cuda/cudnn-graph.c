/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cudnn-graph.h"

#include "models/cuda/cudnn-operations.h"

static const struct {
  const VoxelOp *op;
  VoxelCudnnBuild build;
} builds[] = {
    {&voxel_op_conv2d, voxel_cudnn_build_conv2d},
    {&voxel_op_conv_transpose2d, voxel_cudnn_build_conv_transpose2d},
    {&voxel_op_matmul, voxel_cudnn_build_matmul},
    {&voxel_op_linear, voxel_cudnn_build_linear},
    {&voxel_op_attention, voxel_cudnn_build_attention},
};

static VoxelCudnnBuild
find (const VoxelNode *node)
{
  for (guint i = 0; i < G_N_ELEMENTS (builds); i++)
    if (builds[i].op == node->op)
      return builds[i].build;
  return NULL;
}

/**
 * voxel_cudnn_graph_takes:
 * @node: a node
 *
 * Returns: whether cuDNN is asked to compute its operator; there are kernels of our own for all else
 */
gboolean
voxel_cudnn_graph_takes (const VoxelNode *node)
{
  return find (node) != NULL;
}

static gboolean
finish (VoxelCudnnGraph *graph, GError **error)
{
  VoxelCudnnDescriptors *all = &graph->all;

  graph->descriptor = voxel_cudnn_new (all, CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  voxel_cudnn_set_descriptors (all, graph->descriptor, CUDNN_ATTR_OPERATIONGRAPH_OPS, graph->operations);
  voxel_cudnn_finalize (all, graph->descriptor, "the graph");
  return voxel_cudnn_descriptors_check (all, error);
}

/**
 * voxel_cudnn_graph_new:
 * @library: cuDNN
 * @node: a node of a lowered graph: types, layouts and joints are set
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED naming node and operator: what cuDNN does not take
 *
 * Nothing is asked of a device yet.
 *
 * Returns: (transfer full) (nullable): cuDNN's graph of it
 */
VoxelCudnnGraph *
voxel_cudnn_graph_new (const VoxelCudnnLibrary *library, const VoxelNode *node, GError **error)
{
  g_autoptr (VoxelCudnnGraph) graph = NULL;
  VoxelCudnnBuild build = find (node);

  if (!build) {
    voxel_node_unsupported (node, error, "cuDNN is not asked for this operator");
    return NULL;
  }
  graph = g_new0 (VoxelCudnnGraph, 1);
  voxel_cudnn_descriptors_init (&graph->all, library);
  graph->all.told = g_string_new (NULL);
  graph->node = node;
  graph->operands = g_array_new (FALSE, FALSE, sizeof (VoxelCudnnOperand));
  graph->operations = g_ptr_array_new ();
  if (!build (graph, error))
    return NULL;
  if (!finish (graph, error)) {
    g_prefix_error (error, "%s (%s): ", node->name, node->op->name);
    return NULL;
  }
  return g_steal_pointer (&graph);
}

void
voxel_cudnn_graph_free (VoxelCudnnGraph *graph)
{
  voxel_cudnn_descriptors_clear (&graph->all);
  g_array_unref (graph->operands);
  g_ptr_array_unref (graph->operations);
  g_free (graph);
}
