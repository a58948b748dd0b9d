/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/conv.h"

#include "models/cpu/cpu.h"
#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/cpu/weights.h"

static gboolean
conv_transpose2d_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelNode *node = step->node;
  const VoxelCpuKernels *kernels = voxel_cpu_kernels ();
  g_autoptr (VoxelCpuConvState) state = voxel_cpu_conv_new (prepare, node, error);
  VoxelCpuPacking packing = VOXEL_CPU_PACK_TRANSPOSED_PAIRS;
  VoxelCpuConv *conv;

  if (!state || !voxel_cpu_conv_bias (prepare, node, state, error))
    return FALSE;
  conv = &state->conv;
  for (guint i = 0; i < 2; i++)
    if (conv->kernel[i] != conv->stride[i] || conv->padding[i] != 0)
      return voxel_node_unsupported (node, error, "its kernel and its stride differ, or it is padded");
  if (conv->groups != 1)
    return voxel_node_unsupported (node, error, "it has groups");
  conv->transposed = TRUE;
  if (!voxel_cpu_conv_take_pairs (node, state, prepare->target->threads)) {
    packing = VOXEL_CPU_PACK_TRANSPOSED;
    voxel_cpu_conv_divide (state, prepare->target->threads, (gsize) conv->src.height * conv->src.width,
                           16 * (gsize) conv->src.width, conv->dst.channels);
    state->func = kernels->transpose;
    state->scratch = kernels->transpose_scratch (conv);
  }
  step->implementation =
      voxel_cpu_implementation (packing == VOXEL_CPU_PACK_TRANSPOSED ? "products" : "bf16-products");
  conv->weights = voxel_cpu_pack (prepare, node->inputs[VOXEL_CONV2D_WEIGHT], packing, 1, error);
  if (!conv->weights)
    return FALSE;
  step->scratch = state->scratch * prepare->target->threads;
  step->state = g_steal_pointer (&state);
  return TRUE;
}

const VoxelKernel voxel_cpu_conv_transpose2d = {
    .op = &voxel_op_conv_transpose2d,
    .name = "conv_transpose2d",
    .slice = voxel_cpu_slice,
    .in_place = voxel_cpu_conv_in_place,
    .prepare = conv_transpose2d_prepare,
    .release = voxel_cpu_conv_free,
    .run = voxel_cpu_conv_run,
};
