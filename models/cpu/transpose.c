/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/cpu.h"
#include "models/cpu/picture.h"
#include "models/cpu/strided.h"

static gboolean
transpose_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelNode *node = step->node;
  const VoxelTranspose *attributes = node->attributes;
  const VoxelShape *in = &node->inputs[0]->shape, *out = &node->outputs[0]->shape;
  g_autofree VoxelCpuStrided *strided = g_new0 (VoxelCpuStrided, 1);
  VoxelCpuView src, dst;

  if (!out->n)
    return voxel_node_unsupported (node, error, "a single value has no dimensions");
  if (!voxel_cpu_rows (node, node->inputs[0], &src, error) ||
      !voxel_cpu_rows (node, node->outputs[0], &dst, error))
    return FALSE;
  strided->shape = *out;
  strided->from_bf16 = src.bf16;
  strided->to_bf16 = dst.bf16;
  for (guint d = 0; d < in->n; d++) {
    strided->from[d] = strided->to[d] = 1;
    for (guint i = attributes->order[d] + 1; i < in->n; i++)
      strided->from[d] *= in->dim[i];
    for (guint i = d + 1; i < in->n; i++)
      strided->to[d] *= out->dim[i];
  }
  step->state = g_steal_pointer (&strided);
  return TRUE;
}

static gboolean
transpose_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  voxel_cpu_strided_copy (step->state, operands->inputs[0], operands->outputs[0]);
  return TRUE;
}

const VoxelKernel voxel_cpu_transpose = {
    .op = &voxel_op_transpose,
    .name = "transpose",
    .prepare = transpose_prepare,
    .release = g_free,
    .run = transpose_run,
};
