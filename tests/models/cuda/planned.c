/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "planned.h"

#include "models/graph/arena.h"
#include "models/graph/passes.h"

/* Returns: (transfer full) (nullable): cuDNN, or what the environment names; without it the test is skipped, and why is
 * said. */
VoxelCudnnLibrary *
planned_library (void)
{
  g_autoptr (GError) error = NULL;
  VoxelCudnnLibrary *library = voxel_cudnn_library_open (g_getenv ("VOXEL_CUDNN_LIBRARY"), &error);

  if (!library)
    g_print ("1..0 # SKIP %s\n", error->message);
  return library;
}

/* Weights are not asked for. */
static VoxelConstant *
find (gpointer data, const gchar *name, const VoxelShape *shape, const VoxelInitial *initial, GError **error)
{
  return voxel_constant_new_absent (name, shape);
}

/* As a plan does: what is in use at once as long as tensors have memory of their own. */
static gsize
most_alive (const VoxelGraph *graph)
{
  g_autofree gsize *alive = voxel_arena_alive (graph, NULL);
  gsize most = 0;

  g_assert_nonnull (alive);
  for (guint n = 0; n < graph->nodes->len; n++)
    most = MAX (most, alive[n]);
  return most;
}

/* An architecture as the backend runs it: with all passes that come before its steps are prepared. */
VoxelGraph *
planned_graph (const VoxelArchitecture *architecture, VoxelJson *config, guint n, guint side,
               VoxelPrecision precision)
{
  const VoxelTarget target = {precision, 1, 0};
  g_autoptr (VoxelGraph) graph = voxel_graph_new ("planned");
  g_autoptr (GError) error = NULL;
  VoxelArchitectureInfo info;
  VoxelBuilder builder;

  voxel_architecture_info (architecture, config, &info, &error);
  g_assert_no_error (error);
  voxel_graph_input (graph, &VOXEL_SHAPE_4 (n, info.in_channels, side, side));
  voxel_builder_init (&builder, graph, find, NULL);
  VoxelTensor *output = architecture->build (config, &builder, graph->input);
  voxel_builder_finish (&builder, output, &error);
  voxel_builder_clear (&builder);
  g_assert_no_error (error);
  if (!voxel_graph_lower (graph, &voxel_backend_cuda, &target, &error) ||
      !voxel_graph_share (graph, &voxel_backend_cuda, most_alive (graph), &error))
    g_error ("%s", error->message);
  return g_steal_pointer (&graph);
}

/* A convolution without bias of a picture that is NHWC from now on, as its result is. */
VoxelNode *
planned_conv (VoxelGraph *graph, const VoxelOp *op, VoxelTensor *x, const VoxelShape *weight,
              const VoxelConv2d *conv)
{
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {
      x, voxel_graph_constant (graph, voxel_constant_new_absent ("weight", weight))};
  g_autoptr (GError) error = NULL;
  VoxelNode *node = voxel_graph_append (graph, op, "conv", conv, inputs, VOXEL_CONV2D_INPUTS, &error);

  g_assert_no_error (error);
  x->layout = node->outputs[0]->layout = VOXEL_LAYOUT_NHWC;
  node->outputs[0]->type = x->type;
  return node;
}
