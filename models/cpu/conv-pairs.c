/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/conv.h"

#include "models/cpu/isa.h"

/* Which convolutions are products of pairs of bf16, and how their work is divided. */

static gboolean
computes_window (const VoxelNode *node)
{
  const VoxelConv2d *conv = node->attributes;
  const VoxelShape *weight = &node->inputs[VOXEL_CONV2D_WEIGHT]->shape;
  gboolean transposed = node->op == &voxel_op_conv_transpose2d;
  guint channels;

  for (guint i = 0; i < 2; i++) {
    if (transposed && (weight->dim[2 + i] != conv->stride[i] || conv->padding[i] != 0))
      return FALSE;
    if (conv->padding[i] >= (weight->dim[2 + i] - 1) * conv->dilation[i] + 1)
      return FALSE;
  }
  channels = node->inputs[VOXEL_CONV2D_X]->shape.dim[1];
  if (channels % 2 == 0)
    return TRUE;
  /* Values of neighbouring pixels make pairs, and vectors step by whole ones. */
  return conv->dilation[1] == 1 && (voxel_cpu_kernels ()->tiles || (!transposed && conv->stride[1] % 2 == 0));
}

static gboolean
is_fast (const VoxelNode *node)
{
  return voxel_cpu_kernels ()->tiles || (voxel_cpu_has_fast_pairs () && !voxel_cpu_conv_winograd (node));
}

/**
 * voxel_cpu_conv_pairs:
 * @node: a convolution with types
 *
 * Returns: whether it is computed as products of pairs of bf16: all of a bf16 network by a matrix unit; by vectors,
 *   where they do more of them than of products in float, all but those that Winograd's method computes
 */
gboolean
voxel_cpu_conv_pairs (const VoxelNode *node)
{
  const VoxelConv2d *conv = node->attributes;
  const VoxelTensor *x = node->inputs[VOXEL_CONV2D_X], *y = node->outputs[0];

  return voxel_cpu_kernels ()->pairs && conv->groups == 1 &&
         (x->type == VOXEL_DTYPE_BF16 || y->type == VOXEL_DTYPE_BF16) && computes_window (node) &&
         is_fast (node);
}

/**
 * voxel_cpu_conv_take_pairs:
 * @node: a convolution
 * @state: gets all but weights and bias
 * @threads: of the plan
 *
 * Returns: whether it is computed so
 */
gboolean
voxel_cpu_conv_take_pairs (const VoxelNode *node, VoxelCpuConvState *state, guint threads)
{
  const VoxelCpuKernels *kernels = voxel_cpu_kernels ();
  VoxelCpuConv *conv = &state->conv;
  const VoxelCpuView *grid = conv->transposed ? &conv->src : &conv->dst;

  if (!voxel_cpu_conv_pairs (node))
    return FALSE;
  voxel_cpu_conv_divide (state, threads, (gsize) grid->height * grid->width, 16 * (gsize) grid->width,
                         conv->dst.channels);
  state->func = kernels->pairs;
  state->scratch = kernels->pairs_scratch (conv);
  return TRUE;
}
