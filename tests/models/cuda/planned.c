/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "planned.h"

#include "models/cuda/cudnn-split.h"
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

/* Who writes and reads channels of joint buffers of any pitch, as strides are free. */
static gboolean
slice (const VoxelNode *node, VoxelSide side, guint index, const VoxelTensor *joint, guint channel)
{
  return joint->layout == VOXEL_LAYOUT_NHWC;
}

static gboolean
lower (VoxelGraph *graph, const VoxelTarget *target, GError **error)
{
  return voxel_pass_turn_input (graph, error) && voxel_pass_turn_output (graph, error) &&
         voxel_pass_turn_pictures (graph, error) && voxel_cudnn_split (graph, error);
}

#define KERNEL(which) \
  &(const VoxelKernel) \
  { \
    .op = &voxel_op_##which, .slice = slice \
  }

static const VoxelKernel *const kernels[] = {
    KERNEL (conv2d),
    KERNEL (conv_transpose2d),
    KERNEL (max_pool2d),
    KERNEL (matmul),
    KERNEL (linear),
    KERNEL (attention),
    KERNEL (layer_norm),
    KERNEL (relu),
    KERNEL (leaky_relu),
    KERNEL (sigmoid),
    KERNEL (silu),
    KERNEL (gelu),
    KERNEL (add),
    KERNEL (multiply),
    KERNEL (convert),
    KERNEL (concat),
    KERNEL (upsample),
    KERNEL (global_avg_pool2d),
    KERNEL (reshape),
    KERNEL (transpose),
    NULL,
};

static const VoxelBackend backend = {.name = "planned", .lower = lower, .kernels = kernels};

/* An architecture with the passes that come before its steps are prepared. */
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
  if (!voxel_graph_lower (graph, &backend, &target, &error) ||
      !voxel_graph_share (graph, &backend, G_MAXSIZE, &error))
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
