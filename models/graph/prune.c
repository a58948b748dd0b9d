/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/passes.h"

static gboolean
read_by_any (const VoxelGraph *graph, const VoxelNode *node)
{
  for (guint i = 0; i < node->n_outputs; i++)
    if (voxel_graph_consumers (graph, node->outputs[i], NULL))
      return TRUE;
  return FALSE;
}

/**
 * voxel_pass_prune:
 * @graph: a graph with an output
 *
 * Takes out the nodes that the output does not depend on. Networks may have layers that they never ask: their
 * weights are in the files all the same.
 */
void
voxel_pass_prune (VoxelGraph *graph)
{
  for (guint n = graph->nodes->len; n-- > 0;)
    if (!read_by_any (graph, graph->nodes->pdata[n]))
      voxel_graph_remove (graph, graph->nodes->pdata[n]);
}
