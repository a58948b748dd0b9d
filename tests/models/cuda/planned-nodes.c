/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "planned-nodes.h"

const PlannedNode planned_nodes[] = {
    {"conv-summand-gelu",
     &voxel_op_conv2d,
     &(VoxelConv2d){{1, 1}, {1, 1}, {1, 1}, 1, VOXEL_ACTIVATION_GELU},
     {{4, {2, 32, 16, 16}}, {4, {64, 32, 3, 3}}, {1, {64}}, {4, {2, 64, 16, 16}}},
     {FALSE, TRUE, TRUE, FALSE}},
    {"conv-groups-steps",
     &voxel_op_conv2d,
     &(VoxelConv2d){{2, 1}, {3, 2}, {1, 2}, 2, VOXEL_ACTIVATION_NONE},
     {{4, {2, 32, 17, 16}}, {4, {64, 16, 7, 3}}},
     {FALSE, TRUE}},
    {"conv-transposed-relu",
     &voxel_op_conv_transpose2d,
     &(VoxelConv2d){{2, 2}, {1, 1}, {1, 1}, 1, VOXEL_ACTIVATION_RELU},
     {{4, {2, 32, 8, 9}}, {4, {32, 64, 4, 4}}, {1, {64}}},
     {FALSE, TRUE, TRUE}},
    {"matmul", &voxel_op_matmul, &(VoxelMatmul){FALSE, 1}, {{3, {2, 64, 128}}, {3, {2, 128, 96}}}},
    {"matmul-transposed-scaled",
     &voxel_op_matmul,
     &(VoxelMatmul){TRUE, .125},
     {{4, {2, 3, 64, 128}}, {4, {2, 3, 96, 128}}}},
    {"linear", &voxel_op_linear, NULL, {{3, {2, 64, 128}}, {2, {256, 128}}, {1, {256}}}, {FALSE, TRUE, TRUE}},
    {"linear-no-bias", &voxel_op_linear, NULL, {{2, {64, 128}}, {2, {256, 128}}}, {FALSE, TRUE}},
    {"attention-odd", &voxel_op_attention, &(VoxelAttention){2}, {{4, {2, 64, 7, 9}}, {4, {2, 128, 5, 3}}}},
    {NULL},
};

/* A graph has one input, this one as many as the node reads. */
VoxelNode *
planned_node (VoxelGraph *graph, const PlannedNode *node, VoxelDtype type)
{
  VoxelTensor *inputs[4] = {NULL};
  guint n = 0;
  g_autoptr (GError) error = NULL;
  VoxelNode *added;

  for (; n < 4 && node->inputs[n].n; n++) {
    graph->input = NULL;
    inputs[n] = node->constants[n]
                    ? voxel_graph_constant (graph, voxel_constant_new_absent ("constant", &node->inputs[n]))
                    : voxel_graph_input (graph, &node->inputs[n]);
  }
  added = voxel_graph_append (graph, node->op, node->name, node->attributes, inputs, n, &error);
  g_assert_no_error (error);
  for (guint i = 0; i <= n; i++) {
    VoxelTensor *tensor = i < n ? inputs[i] : added->outputs[0];

    tensor->type = tensor->constant ? tensor->type : type;
    if (tensor->shape.n == 4 && node->op != &voxel_op_matmul)
      tensor->layout = VOXEL_LAYOUT_NHWC;
  }
  return added;
}
