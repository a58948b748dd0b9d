/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "planned-nodes.h"

/* Operators that no architecture has, or not in this form, planned for every device and type. */

typedef struct {
  const VoxelCudnnLibrary *library;
  const PlannedNode *node;
} Case;

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
        voxel_cudnn_graph_new (c->library, planned_node (graph, c->node, types[t]), &error);

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
  for (const PlannedNode *node = planned_nodes; node->name; node++) {
    const Case c = {library, node};
    g_autofree gchar *path = g_strconcat ("/cuda/nodes/", node->name, NULL);

    g_test_add_data_func_full (path, g_memdup2 (&c, sizeof c), test_node, g_free);
  }
  return g_test_run ();
}
