/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "planned.h"

/* Operators that no architecture has, or not in this form, planned for every device and type. */

typedef struct {
  const gchar *name;
  const VoxelOp *op;
  gconstpointer attributes;
  VoxelShape computed[2];
  VoxelShape constants[2];
} Node;

static const Node nodes[] = {
    {"matmul", &voxel_op_matmul, &(VoxelMatmul){FALSE, 1}, {{3, {2, 64, 128}}, {3, {2, 128, 96}}}},
    {"matmul-transposed-scaled",
     &voxel_op_matmul,
     &(VoxelMatmul){TRUE, .125},
     {{4, {2, 3, 64, 128}}, {4, {2, 3, 96, 128}}}},
    {"linear", &voxel_op_linear, NULL, {{3, {2, 64, 128}}}, {{2, {256, 128}}, {1, {256}}}},
    {"linear-no-bias", &voxel_op_linear, NULL, {{2, {64, 128}}}, {{2, {256, 128}}}},
    {"attention-odd", &voxel_op_attention, &(VoxelAttention){2}, {{4, {2, 64, 7, 9}}, {4, {2, 128, 5, 3}}}},
};

typedef struct {
  const VoxelCudnnLibrary *library;
  const Node *node;
} Case;

/* A graph has one input, this one as many as the node reads. */
static VoxelNode *
add_node (VoxelGraph *graph, const Node *node, VoxelDtype type)
{
  VoxelTensor *inputs[4];
  guint n = 0;
  g_autoptr (GError) error = NULL;
  VoxelNode *added;

  for (guint i = 0; i < 2 && node->computed[i].n; i++) {
    graph->input = NULL;
    inputs[n++] = voxel_graph_input (graph, &node->computed[i]);
  }
  for (guint i = 0; i < 2 && node->constants[i].n; i++)
    inputs[n++] = voxel_graph_constant (graph, voxel_constant_new_absent ("constant", &node->constants[i]));
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

static void
test_node (gconstpointer data)
{
  static const VoxelDtype types[] = {VOXEL_DTYPE_F16, VOXEL_DTYPE_BF16, VOXEL_DTYPE_F32};
  static const guint versions[] = {80, 89, 90};
  const Case *c = data;

  for (guint t = 0; t < G_N_ELEMENTS (types); t++) {
    g_autoptr (VoxelGraph) graph = voxel_graph_new ("node");
    g_autoptr (GError) error = NULL;
    g_autoptr (VoxelCudnnGraph) made =
        voxel_cudnn_graph_new (c->library, add_node (graph, c->node, types[t]), &error);

    g_assert_no_error (error);
    for (guint v = 0; v < G_N_ELEMENTS (versions); v++) {
      g_autoptr (VoxelCudnnPlan) plan =
          voxel_cudnn_plan_new (made, voxel_cudnn_device_find (versions[v]), VOXEL_CUDNN_FLOAT_TF32, &error);

      g_assert_no_error (error);
      g_assert_nonnull (plan);
    }
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (VoxelCudnnLibrary) library = NULL;

  g_test_init (&argc, &argv, NULL);
  library = planned_library ();
  if (!library)
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++) {
    const Case c = {library, &nodes[i]};
    g_autofree gchar *path = g_strconcat ("/cuda/nodes/", nodes[i].name, NULL);

    g_test_add_data_func_full (path, g_memdup2 (&c, sizeof c), test_node, g_free);
  }
  return g_test_run ();
}
