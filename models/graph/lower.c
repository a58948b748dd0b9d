/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/passes.h"
#include "models/ops/ops.h"

static gboolean
check_kernels (const VoxelGraph *graph, const VoxelBackend *backend, GError **error)
{
  for (guint n = 0; n < graph->nodes->len; n++)
    if (!voxel_backend_kernel (backend, graph->nodes->pdata[n], error))
      return FALSE;
  return TRUE;
}

static gboolean
check_ends (const VoxelGraph *graph, GError **error)
{
  const VoxelTensor *ends[] = {graph->input, graph->output};

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (ends[i]->type != VOXEL_DTYPE_F32 || ends[i]->layout != VOXEL_LAYOUT_NCHW) {
      g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                   "%s is not float in row-major order after lowering", ends[i]->name);
      return FALSE;
    }
  return TRUE;
}

/**
 * voxel_graph_lower:
 * @graph: as an architecture built it
 * @backend: who will compute it
 * @target: precision and threads
 * @error: what it cannot compute
 *
 * The passes up to the backend's, in their order; see backend.h.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_graph_lower (VoxelGraph *graph, const VoxelBackend *backend, const VoxelTarget *target, GError **error)
{
  if (!voxel_graph_check (graph, error))
    return FALSE;
  voxel_pass_fold_batch_norm (graph);
  voxel_pass_fuse (graph);
  if (!voxel_pass_precision (graph, target->precision, error) ||
      (backend->lower && !backend->lower (graph, target, error)) || !check_kernels (graph, backend, error) ||
      !check_ends (graph, error))
    return FALSE;
  return voxel_graph_check (graph, error);
}

/**
 * voxel_graph_share:
 * @graph: a lowered graph
 * @backend: who will compute it
 * @most: bytes that are in use at once as long as none do
 * @error: never, unless a pass is wrong
 *
 * The passes that let tensors lie in each other's memory.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_graph_share (VoxelGraph *graph, const VoxelBackend *backend, gsize most, GError **error)
{
  voxel_pass_join (graph, backend);
  voxel_pass_in_place (graph, backend);
  voxel_pass_loosen (graph, most);
  return voxel_graph_check (graph, error);
}
