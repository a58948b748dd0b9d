/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/passes.h"
#include "models/ops/ops.h"

static gboolean
convert_input (VoxelGraph *graph, GError **error)
{
  VoxelTensor *input = graph->input;
  VoxelNode *convert =
      voxel_graph_insert (graph, 0, &voxel_op_convert, "input.convert", NULL, &input, 1, error);

  if (!convert)
    return FALSE;
  voxel_graph_redirect (graph, input, convert->outputs[0]);
  convert->inputs[0] = input;
  return TRUE;
}

/**
 * voxel_pass_precision:
 * @graph: a graph in float
 * @precision: FP32 changes nothing; BF16 and FP16 make every computed tensor of that type, between explicit casts
 * @error: for other precisions
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_pass_precision (VoxelGraph *graph, VoxelPrecision precision, GError **error)
{
  VoxelDtype type = precision == VOXEL_PRECISION_FP16 ? VOXEL_DTYPE_F16 : VOXEL_DTYPE_BF16;
  VoxelNode *convert;

  if (precision == VOXEL_PRECISION_FP32 || precision == VOXEL_PRECISION_TF32)
    return TRUE;
  if (precision != VOXEL_PRECISION_BF16 && precision != VOXEL_PRECISION_FP16) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED, "Precision %s is not implemented",
                 voxel_precision_to_name (precision));
    return FALSE;
  }
  if (!convert_input (graph, error))
    return FALSE;
  for (guint n = 0; n < graph->nodes->len; n++) {
    VoxelNode *node = graph->nodes->pdata[n];

    for (guint i = 0; i < node->n_outputs; i++)
      node->outputs[i]->type = type;
  }
  convert = voxel_graph_append (graph, &voxel_op_convert, "output.convert", NULL, &graph->output, 1, error);
  if (!convert)
    return FALSE;
  graph->output = convert->outputs[0];
  return TRUE;
}
