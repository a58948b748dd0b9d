/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/lives.h"

/**
 * voxel_graph_lives:
 * @graph: a graph
 *
 * Returns: (transfer full): of each tensor, by its id, whether or not it shares another's memory
 */
VoxelLife *
voxel_graph_lives (const VoxelGraph *graph)
{
  VoxelLife *lives = g_new (VoxelLife, graph->tensors->len + 1);

  for (guint t = 0; t < graph->tensors->len; t++)
    lives[t] = (VoxelLife){G_MAXUINT, 0};
  for (guint n = 0; n < graph->nodes->len; n++) {
    const VoxelNode *node = graph->nodes->pdata[n];

    for (guint i = 0; i < node->n_inputs; i++)
      if (node->inputs[i] && !node->inputs[i]->constant)
        lives[node->inputs[i]->id].last = n;
    for (guint i = 0; i < node->n_outputs; i++)
      lives[node->outputs[i]->id] = (VoxelLife){n, n};
  }
  lives[graph->output->id].last = graph->nodes->len - 1;
  lives[graph->input->id] = (VoxelLife){0, graph->nodes->len - 1};
  return lives;
}

/**
 * voxel_graph_root_lives:
 * @graph: a graph whose tensors may share memory
 *
 * Returns: (transfer full): of each root, by its id: of all that lies in it; other tensors have none. The output
 *   lives all the time too, so that it can be read while the input is filled
 */
VoxelLife *
voxel_graph_root_lives (const VoxelGraph *graph)
{
  VoxelLife *lives = voxel_graph_lives (graph);

  lives[graph->output->id].first = 0;
  for (guint t = 0; t < graph->tensors->len; t++) {
    const VoxelTensor *tensor = graph->tensors->pdata[t];
    VoxelLife *root;

    if (!tensor->joint || lives[t].first == G_MAXUINT)
      continue;
    root = &lives[tensor->joint->id];
    root->first = MIN (root->first, lives[t].first);
    root->last = MAX (root->last, lives[t].last);
    lives[t].first = G_MAXUINT;
  }
  return lives;
}

/**
 * voxel_life_meets:
 * @a: a life
 * @b: another
 *
 * Returns: whether there is a node at which both are in memory
 */
gboolean
voxel_life_meets (const VoxelLife *a, const VoxelLife *b)
{
  return a->first <= b->last && b->first <= a->last;
}
