/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/passes.h"
#include "models/ops/ops.h"

/* Whether anything in @root's memory is read after @position, or lies there as a slice. */
static gboolean
still_needed (const VoxelGraph *graph, const VoxelTensor *root, guint position)
{
  for (guint t = 0; t < graph->tensors->len; t++) {
    const VoxelTensor *tensor = graph->tensors->pdata[t];

    if (voxel_tensor_root (tensor) != root)
      continue;
    if ((tensor->joint && !tensor->in_place) || tensor == graph->output)
      return TRUE;
    for (guint n = position + 1; n < graph->nodes->len; n++) {
      const VoxelNode *node = graph->nodes->pdata[n];

      for (guint i = 0; i < node->n_inputs; i++)
        if (node->inputs[i] == tensor)
          return TRUE;
    }
  }
  return FALSE;
}

static gboolean
holds_slices (const VoxelGraph *graph, const VoxelTensor *tensor)
{
  for (guint t = 0; t < graph->tensors->len; t++)
    if (((const VoxelTensor *) graph->tensors->pdata[t])->joint == tensor)
      return TRUE;
  return FALSE;
}

static gboolean
may_overwrite (const VoxelGraph *graph, const VoxelNode *node, guint index, guint position)
{
  const VoxelTensor *from = node->inputs[index], *to = node->outputs[0];

  if (!from || !from->producer || from->constant || to->joint || to == graph->output ||
      holds_slices (graph, to) || from->type != to->type || from->layout != to->layout ||
      !voxel_shape_equal (&from->shape, &to->shape))
    return FALSE;
  for (guint i = 0; i < node->n_inputs; i++)
    if (i != index && node->inputs[i] && voxel_tensor_root (node->inputs[i]) == voxel_tensor_root (from))
      return FALSE;
  return !still_needed (graph, voxel_tensor_root (from), position);
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
  for (guint n = 0; n < graph->nodes->len; n++) {
    VoxelNode *node = graph->nodes->pdata[n];
    const VoxelKernel *kernel = voxel_backend_kernel (backend, node, NULL);
    gint index = kernel && kernel->in_place ? kernel->in_place (node) : -1;

    if (index < 0 || !may_overwrite (graph, node, (guint) index, n))
      continue;
    node->outputs[0]->joint = (VoxelTensor *) voxel_tensor_root (node->inputs[index]);
    node->outputs[0]->in_place = TRUE;
  }
}
