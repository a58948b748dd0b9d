/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/conv2d-grouped.h"

#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/cpu/weights.h"

/**
 * voxel_cpu_conv_depthwise:
 * @conv: a convolution
 *
 * Returns: whether simd/depthwise.c computes it: every channel by itself, with a square kernel of 3, 5 or 7
 */
gboolean
voxel_cpu_conv_depthwise (const VoxelCpuConv *conv)
{
  guint kernel = conv->kernel[0];

  return conv->groups == conv->src.channels && conv->groups == conv->dst.channels &&
         conv->kernel[1] == kernel && (kernel == 3 || kernel == 5 || kernel == 7) && conv->stride[1] <= 2 &&
         conv->dilation[0] == 1 && conv->dilation[1] == 1;
}

/* Vector of channels, tap. */
static gboolean
pack (const gfloat *values, const VoxelShape *shape, gpointer packed, gpointer data, GError **error)
{
  guint lanes = voxel_cpu_kernels ()->lanes, taps = shape->dim[2] * shape->dim[3];

  for (guint o = 0; o < shape->dim[0]; o++)
    for (guint t = 0; t < taps; t++)
      ((gfloat *) packed)[((gsize) o / lanes * taps + t) * lanes + o % lanes] = values[(gsize) o * taps + t];
  return TRUE;
}

/**
 * voxel_cpu_conv_depthwise_prepare:
 * @prepare: of the plan
 * @state: of a convolution that voxel_cpu_conv_depthwise() holds for
 * @step: gets the name of the method
 * @error: why the weights could not be had
 *
 * Sets weights, bias, function and tasks.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_cpu_conv_depthwise_prepare (VoxelPrepare *prepare, VoxelCpuConvState *state, VoxelStep *step,
                                  GError **error)
{
  const VoxelCpuKernels *kernels = voxel_cpu_kernels ();
  const VoxelTensor *weight = step->node->inputs[VOXEL_CONV2D_WEIGHT];
  VoxelCpuConv *conv = &state->conv;
  g_autofree gchar *format = g_strdup_printf ("cpu:depthwise:%u", kernels->lanes);
  gsize taps = (gsize) conv->kernel[0] * conv->kernel[1];

  if (!voxel_cpu_conv_vector_bias (prepare, state, step, error))
    return FALSE;
  conv->weights = voxel_prepare_constant (
      prepare, weight, format, VOXEL_CPU_PADDED (kernels->lanes, conv->dst.channels) * taps * sizeof (gfloat),
      pack, NULL, error);
  conv->tile_tasks = MIN (conv->dst.height, 4 * prepare->target->threads);
  conv->channel_tasks = 1;
  state->func = kernels->depthwise;
  state->scratch = kernels->depthwise_scratch (conv);
  step->implementation = voxel_cpu_implementation ("depthwise");
  return conv->weights != NULL;
}
