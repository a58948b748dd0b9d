/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/conv.h"

#include "models/cpu/isa.h"
#include "models/cpu/picture.h"

/* Which convolutions are products of pairs of bf16, and how their work is divided. */

static gboolean
computes_window (const VoxelNode *node)
{
  const VoxelConv2d *conv = node->attributes;
  const VoxelShape *weight = &node->inputs[VOXEL_CONV2D_WEIGHT]->shape;
  gboolean transposed = node->op == &voxel_op_conv_transpose2d;

  for (guint i = 0; i < 2; i++) {
    if (transposed && (weight->dim[2 + i] != conv->stride[i] || conv->padding[i] != 0))
      return FALSE;
    if (conv->padding[i] >= (weight->dim[2 + i] - 1) * conv->dilation[i] + 1)
      return FALSE;
  }
  /* Values of neighbouring pixels pair only where they are neighbours in the window. */
  return transposed || conv->dilation[1] == 1 || weight->dim[1] % 2 == 0;
}

/**
 * voxel_cpu_conv_pairs:
 * @node: a convolution with types
 *
 * Returns: whether it is computed as products of pairs of bf16: all of a bf16 network that can be by a matrix unit;
 *   by vectors those that have no cheaper form in float
 */
gboolean
voxel_cpu_conv_pairs (const VoxelNode *node)
{
  const VoxelCpuKernels *kernels = voxel_cpu_kernels ();
  const VoxelConv2d *conv = node->attributes;

  if (!kernels->pairs || conv->groups != 1 || !computes_window (node) ||
      (node->inputs[VOXEL_CONV2D_X]->type != VOXEL_DTYPE_BF16 && node->outputs[0]->type != VOXEL_DTYPE_BF16))
    return FALSE;
  return kernels->tiles || !voxel_cpu_conv_winograd (node);
}

/**
 * voxel_cpu_conv_use_pairs:
 * @state: all but weights, bias and function
 * @threads: of the plan
 * @step: gets the implementation's name
 *
 * Returns: the form of the weights
 */
VoxelCpuPacking
voxel_cpu_conv_use_pairs (VoxelCpuConvState *state, guint threads, VoxelStep *step)
{
  const VoxelCpuKernels *kernels = voxel_cpu_kernels ();
  VoxelCpuConv *conv = &state->conv;
  const VoxelCpuView *grid = conv->transposed ? &conv->src : &conv->dst;

  voxel_cpu_conv_divide (state, threads, (gsize) grid->height * grid->width, 16 * (gsize) grid->width,
                         conv->dst.channels);
  state->func = kernels->pairs;
  state->scratch = kernels->pairs_scratch (conv);
  step->implementation = voxel_cpu_implementation ("bf16-products");
  return conv->transposed ? VOXEL_CPU_PACK_TRANSPOSED_PAIRS : VOXEL_CPU_PACK_PAIRS;
}
