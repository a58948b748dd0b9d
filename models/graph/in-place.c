/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/lives.h"
#include "models/graph/passes.h"

/* What is known of the memory of a root: when anything there is read last, and whether slices lie there. */
typedef struct {
  guint last;
  gboolean kept;
} Memory;

static Memory *
look (const VoxelGraph *graph)
{
  g_autofree VoxelLife *lives = voxel_graph_lives (graph);
  Memory *memories = g_new0 (Memory, graph->tensors->len + 1);

  for (guint t = 0; t < graph->tensors->len; t++) {
    const VoxelTensor *tensor = graph->tensors->pdata[t];
    Memory *memory = &memories[voxel_tensor_root (tensor)->id];

    memory->last = MAX (memory->last, lives[t].last);
    memory->kept |= tensor->joint || tensor == graph->input || tensor == graph->output;
  }
  return memories;
}

static gboolean
may_overwrite (const VoxelNode *node, guint index, guint position, const Memory *memories)
{
  const VoxelTensor *from = node->inputs[index], *to = node->outputs[0];
  const Memory *memory;

  if (!from || from->constant || to->joint || memories[to->id].kept || from->type != to->type ||
      from->layout != to->layout || !voxel_shape_equal (&from->shape, &to->shape))
    return FALSE;
  for (guint i = 0; i < node->n_inputs; i++)
    if (i != index && node->inputs[i] && voxel_tensor_root (node->inputs[i]) == voxel_tensor_root (from))
      return FALSE;
  memory = &memories[voxel_tensor_root (from)->id];
  return !memory->kept && memory->last <= position;
}

/**
 * voxel_pass_in_place:
 * @graph: a graph whose joint buffers are settled
 * @backend: whose kernels are asked
 *
 * Lets results take over the memory of operands that nobody reads any more.
 */
void
voxel_pass_in_place (VoxelGraph *graph, const VoxelBackend *backend)
{
  g_autofree Memory *memories = look (graph);

  for (guint n = 0; n < graph->nodes->len; n++) {
    VoxelNode *node = graph->nodes->pdata[n];
    const VoxelKernel *kernel = voxel_backend_kernel (backend, node, NULL);
    gint index = kernel && kernel->in_place ? kernel->in_place (node) : -1;
    VoxelTensor *to = node->outputs[0], *root;

    if (index < 0 || !may_overwrite (node, (guint) index, n, memories))
      continue;
    root = (VoxelTensor *) voxel_tensor_root (node->inputs[index]);
    to->joint = root;
    to->in_place = TRUE;
    memories[root->id].last = memories[to->id].last;
  }
}
