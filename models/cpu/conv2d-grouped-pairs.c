/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/conv2d-grouped.h"

#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/cpu/weights.h"

/* Groups by the matrix unit: neighbouring ones make a block as wide as its tiles, a dense convolution with zeros
 * where groups do not meet. */

/* Channels of a block of smaller groups. */
#define BLOCK 32
/* Of smaller groups too little of a block is multiplied for a purpose. */
#define LEAST 4
/* Rows of input that are worth a task: each task reads two more. */
#define ROWS 8

static guint
block_size (const VoxelCpuConv *conv)
{
  return MAX (BLOCK, conv->dst.channels / conv->groups);
}

/**
 * voxel_cpu_conv_grouped_pairs:
 * @conv: a convolution
 *
 * Returns: whether its groups are computed in blocks by the matrix unit
 */
gboolean
voxel_cpu_conv_grouped_pairs (const VoxelCpuConv *conv)
{
  guint n = conv->dst.channels / conv->groups, size = block_size (conv);

  if (!voxel_cpu_kernels ()->tiles || !(conv->src.bf16 || conv->dst.bf16) || !voxel_cpu_conv_grouped (conv) ||
      conv->padding[0] >= conv->kernel[0] || conv->padding[1] >= conv->kernel[1])
    return FALSE;
  return n >= LEAST && conv->src.channels == conv->dst.channels && size % n == 0 &&
         size % voxel_cpu_kernels ()->lanes == 0 && conv->dst.channels % size == 0;
}

/* Block @i of all that @conv consists of. */
static VoxelCpuConv
take_block (const VoxelCpuConv *conv, guint i)
{
  guint size = conv->dst.channels / conv->channel_tasks;
  VoxelCpuConv block = *conv;

  block.src.channels = block.dst.channels = size;
  if (conv->sum.channels)
    block.sum.channels = size;
  block.groups = block.channel_tasks = 1;
  block.bias += i * size;
  block.weights += i * (gsize) conv->kernel[0] * conv->kernel[1] * size * size / 2;
  return block;
}

static gsize
bytes_before (const VoxelCpuView *view, gsize channel)
{
  return channel * (view->bf16 ? sizeof (guint16) : sizeof (gfloat));
}

/* Blocks first: what lies beside a block in a pixel is in the cache of who read that. */
static void
multiply_block (const VoxelCpuConv *conv, const VoxelCpuConvMemory *memory, guint task)
{
  guint i = task % conv->channel_tasks;
  VoxelCpuConv block = take_block (conv, i);
  VoxelCpuConvMemory moved = *memory;
  gsize channel = (gsize) i * block.dst.channels;

  moved.src = (const gchar *) memory->src + bytes_before (&conv->src, channel);
  moved.dst = (gchar *) memory->dst + bytes_before (&conv->dst, channel);
  if (conv->sum.channels)
    moved.sum = (const gchar *) memory->sum + bytes_before (&conv->sum, channel);
  voxel_cpu_kernels ()->pairs (&block, &moved, task / conv->channel_tasks);
}

/**
 * voxel_cpu_conv_grouped_pairs_prepare:
 * @prepare: of the plan
 * @state: of a convolution that voxel_cpu_conv_grouped_pairs() holds for
 * @step: gets the name of the method
 * @error: why the weights could not be had
 *
 * Sets weights, bias, function and tasks.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_cpu_conv_grouped_pairs_prepare (VoxelPrepare *prepare, VoxelCpuConvState *state, VoxelStep *step,
                                      GError **error)
{
  VoxelCpuConv *conv = &state->conv, block;

  conv->channel_tasks = conv->dst.channels / block_size (conv);
  conv->tile_tasks = MAX (conv->dst.height * conv->stride[0] / ROWS, 1);
  conv->weights = voxel_cpu_pack (prepare, step->node->inputs[VOXEL_CONV2D_WEIGHT],
                                  VOXEL_CPU_PACK_BLOCK_PAIRS, conv->channel_tasks, error);
  if (!conv->weights || !voxel_cpu_conv_vector_bias (prepare, state, step, error))
    return FALSE;
  block = take_block (conv, 0);
  state->func = multiply_block;
  state->scratch = voxel_cpu_kernels ()->pairs_scratch (&block);
  step->implementation = voxel_cpu_implementation ("grouped-bf16");
  return TRUE;
}
