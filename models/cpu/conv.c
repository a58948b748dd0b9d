/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/conv.h"

#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/cpu/weights.h"
#include "models/executor.h"

/* Below that many channels the transforms cost more than the multiplications they save. */
#define WINOGRAD_CHANNELS 8

/**
 * voxel_cpu_conv_winograd:
 * @node: a convolution
 *
 * Returns: whether it can be computed by Winograd's method
 */
gboolean
voxel_cpu_conv_winograd (const VoxelNode *node)
{
  const VoxelConv2d *attributes = node->attributes;
  const VoxelShape *weight = &node->inputs[VOXEL_CONV2D_WEIGHT]->shape;

  for (guint i = 0; i < 2; i++)
    if (weight->dim[2 + i] != 3 || attributes->stride[i] != 1 || attributes->dilation[i] != 1)
      return FALSE;
  return attributes->groups == 1 && weight->dim[0] >= WINOGRAD_CHANNELS &&
         weight->dim[1] >= WINOGRAD_CHANNELS;
}

/**
 * voxel_cpu_conv_new:
 * @prepare: of the plan
 * @node: a convolution
 * @error: what of it is not supported
 *
 * Returns: (transfer full) (nullable): the state with everything but weights, bias and function
 */
VoxelCpuConvState *
voxel_cpu_conv_new (VoxelPrepare *prepare, const VoxelNode *node, GError **error)
{
  g_autoptr (VoxelCpuConvState) state = g_new0 (VoxelCpuConvState, 1);
  const VoxelConv2d *attributes = node->attributes;
  const VoxelTensor *weight = node->inputs[VOXEL_CONV2D_WEIGHT];
  const VoxelTensor *sum = node->n_inputs > VOXEL_CONV2D_SUM ? node->inputs[VOXEL_CONV2D_SUM] : NULL;
  VoxelCpuConv *conv = &state->conv;

  if (!voxel_cpu_view (node, node->inputs[VOXEL_CONV2D_X], &conv->src, error) ||
      !voxel_cpu_view (node, node->outputs[0], &conv->dst, error) ||
      (sum && !voxel_cpu_view (node, sum, &conv->sum, error)))
    return NULL;
  if (!weight->constant)
    return voxel_node_unsupported (node, error, "its weights are computed"), NULL;
  for (guint i = 0; i < 2; i++) {
    conv->kernel[i] = weight->shape.dim[2 + i];
    conv->stride[i] = attributes->stride[i];
    conv->padding[i] = attributes->padding[i];
    conv->dilation[i] = attributes->dilation[i];
  }
  if ((gsize) conv->kernel[0] * conv->kernel[1] > VOXEL_CPU_MAX_TAPS)
    return voxel_node_unsupported (node, error, "a kernel of %ux%u is too large", conv->kernel[0],
                                   conv->kernel[1]),
           NULL;
  conv->groups = attributes->groups;
  conv->activation = attributes->activation;
  conv->slope = attributes->slope;
  state->pictures = node->outputs[0]->shape.dim[0];
  return g_steal_pointer (&state);
}

/**
 * voxel_cpu_conv_bias:
 *
 * Sets the bias, zeros if there is none.
 */
gboolean
voxel_cpu_conv_bias (VoxelPrepare *prepare, const VoxelNode *node, VoxelCpuConvState *state, GError **error)
{
  const VoxelTensor *bias = node->n_inputs > VOXEL_CONV2D_BIAS ? node->inputs[VOXEL_CONV2D_BIAS] : NULL;
  guint lanes = voxel_cpu_kernels ()->lanes, groups = state->conv.groups;

  if (bias) {
    state->conv.bias = voxel_cpu_pack (prepare, bias, VOXEL_CPU_PACK_BIAS, groups, error);
    return state->conv.bias != NULL;
  }
  state->no_bias =
      g_new0 (gfloat, (gsize) VOXEL_CPU_PADDED (lanes, state->conv.dst.channels / groups) * groups);
  state->conv.bias = state->no_bias;
  return TRUE;
}

/**
 * voxel_cpu_conv_divide:
 * @state: of a convolution
 * @threads: that share it
 * @pixels: or tiles
 * @grain: pixels that are worth a task, since each task walks over all weights
 * @channels: output channels of a group
 *
 * Divides the work by pixels, where there are enough of them into several tasks a thread, so that a thread
 * whose core others use leaves some to the rest. With fewer pixels than a strip a thread, by channels too.
 */
void
voxel_cpu_conv_divide (VoxelCpuConvState *state, guint threads, gsize pixels, gsize grain, guint channels)
{
  const VoxelCpuKernels *kernels = voxel_cpu_kernels ();
  guint blocks = (channels + 2 * kernels->lanes - 1) / (2 * kernels->lanes);
  guint rounds = CLAMP (pixels / grain / threads, 1, 4);

  state->conv.tile_tasks = threads * rounds;
  state->conv.channel_tasks = 1;
  for (guint n = 2; n <= MIN (threads, blocks) && pixels / state->conv.tile_tasks < kernels->tile; n++)
    if (threads % n == 0) {
      state->conv.tile_tasks = threads / n;
      state->conv.channel_tasks = n;
    }
}

void
voxel_cpu_conv_free (gpointer data)
{
  VoxelCpuConvState *state = data;

  g_free (state->no_bias);
  g_free (state);
}

typedef struct {
  const VoxelCpuConvState *state;
  VoxelCpuConvMemory memory;
} Work;

static void
run_task (gpointer data, gsize task, guint worker)
{
  const Work *work = data;
  VoxelCpuConvMemory memory = work->memory;

  memory.scratch += worker * work->state->scratch;
  work->state->func (&work->state->conv, &memory, task);
}

gboolean
voxel_cpu_conv_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error)
{
  const VoxelCpuConvState *state = step->state;
  const VoxelCpuConv *conv = &state->conv;
  Work work = {state};

  for (gsize n = 0; n < state->pictures; n++) {
    work.memory.src = (gchar *) operands->inputs[VOXEL_CONV2D_X] + n * voxel_cpu_view_bytes (&conv->src);
    work.memory.dst = (gchar *) operands->outputs[0] + n * voxel_cpu_view_bytes (&conv->dst);
    if (conv->sum.channels)
      work.memory.sum = (gchar *) operands->inputs[VOXEL_CONV2D_SUM] + n * voxel_cpu_view_bytes (&conv->sum);
    if (conv->pooled.channels)
      work.memory.pooled = (gchar *) operands->outputs[1] + n * voxel_cpu_view_bytes (&conv->pooled);
    work.memory.scratch = operands->scratch;
    voxel_executor_tasks ((gsize) conv->tile_tasks * conv->channel_tasks, run_task, &work);
  }
  return TRUE;
}

/* The summand's memory may become the result's: a pixel's summand is read just before it is written. */
gint
voxel_cpu_conv_in_place (const VoxelNode *node)
{
  const VoxelTensor *sum = node->n_inputs > VOXEL_CONV2D_SUM ? node->inputs[VOXEL_CONV2D_SUM] : NULL;

  return sum && sum->type == node->outputs[0]->type ? VOXEL_CONV2D_SUM : -1;
}
