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
    {"layer-norm-rows",
     &voxel_op_layer_norm,
     &(VoxelLayerNorm){1e-5, 2},
     {{3, {2, 64, 128}}, {1, {128}}, {1, {128}}},
     {FALSE, TRUE, TRUE}},
    {"attention-odd", &voxel_op_attention, &(VoxelAttention){2}, {{4, {2, 64, 7, 9}}, {4, {2, 128, 5, 3}}}},
    {"max-pool-ceil",
     &voxel_op_max_pool2d,
     &(VoxelMaxPool2d){{3, 3}, {2, 2}, {0, 0}, TRUE, FALSE},
     {{4, {2, 64, 32, 32}}}},
    {"max-pool-cut", &voxel_op_max_pool2d, &(VoxelMaxPool2d){{2, 2}, {2, 2}}, {{4, {2, 64, 33, 35}}}},
    {"avg-pool",
     &voxel_op_avg_pool2d,
     &(VoxelAvgPool2d){{3, 3}, {2, 2}, {1, 1}, TRUE},
     {{4, {2, 64, 32, 32}}}},
    {"avg-pool-inside",
     &voxel_op_avg_pool2d,
     &(VoxelAvgPool2d){{3, 3}, {2, 2}, {1, 1}, FALSE},
     {{4, {2, 64, 32, 32}}}},
    {"leaky-relu", &voxel_op_leaky_relu, &(VoxelLeakyRelu){.1}, {{4, {2, 64, 32, 32}}}},
    {"silu", &voxel_op_silu, NULL, {{4, {2, 64, 32, 32}}}},
    {"add", &voxel_op_add, NULL, {{4, {2, 64, 32, 32}}, {4, {2, 64, 32, 32}}}},
    {"multiply-channels", &voxel_op_multiply, NULL, {{4, {1, 64, 1, 1}}, {4, {2, 64, 32, 32}}}},
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
