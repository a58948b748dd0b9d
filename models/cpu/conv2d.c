/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/conv2d-grouped.h"

#include "models/cpu/cpu.h"
#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/cpu/weights.h"

/* With at most that many output channels they are dot products, with at least that many values for each. */
#define DOT_CHANNELS 4
#define DOT_VALUES 32

/* With fewer input channels the transforms' roundings outweigh what the short sums save: of no matter to bf16. */
#define WINOGRAD_CHANNELS 16
/* Convolutions with fewer that do not narrow are summed directly, see below. */
#define EXACT_CHANNELS 33

static gboolean
is_of_pixels (const VoxelCpuConv *conv)
{
  for (guint i = 0; i < 2; i++)
    if (conv->kernel[i] != 1 || conv->stride[i] != 1 || conv->padding[i] != 0)
      return FALSE;
  return conv->groups == 1 && conv->sum.channels == 0;
}

static gboolean
is_dot (const VoxelCpuConv *conv)
{
  guint values = conv->src.channels * conv->kernel[0] * conv->kernel[1];
  gboolean many = conv->src.channels >= voxel_cpu_kernels ()->lanes / 2 && values >= DOT_VALUES;

  return conv->dst.channels <= DOT_CHANNELS && conv->src.channels > conv->dst.channels && conv->groups == 1 &&
         conv->sum.channels == 0 && conv->pooled.channels == 0 && (many || is_of_pixels (conv));
}

static gboolean
is_scale (const VoxelCpuConv *conv)
{
  return conv->src.channels == 1 && conv->dst.channels == 1 && conv->src.pitch == 1 && conv->dst.pitch == 1 &&
         is_of_pixels (conv);
}

/* A U-Net's last 3x3 convolution is as wide as it is deep: errors there reach the result unaveraged, and a direct sum
 * keeps them below twice PyTorch's for little of the network's time. */
static gboolean
sums_directly (guint in, guint out)
{
  return in < WINOGRAD_CHANNELS || (in > WINOGRAD_CHANNELS && in < EXACT_CHANNELS && out >= in);
}

/* Methods. Each says whether it takes the convolution, and if so prepares all but its weights. */

static gboolean
take_winograd (const VoxelNode *node, VoxelCpuConvState *state, guint threads)
{
  const VoxelCpuKernels *kernels = voxel_cpu_kernels ();
  const VoxelCpuView *dst = &state->conv.dst;
  gsize tiles = ((gsize) dst->height + 3) / 4 * (((gsize) dst->width + 3) / 4);
  gboolean few = !state->conv.src.bf16 && sums_directly (state->conv.src.channels, dst->channels);

  if (!voxel_cpu_conv_winograd (node) || (few && node->op != &voxel_cpu_op_conv2d_pool))
    return FALSE;
  voxel_cpu_conv_divide (state, threads, tiles, 6 * kernels->tile, dst->channels);
  state->func = kernels->winograd;
  state->scratch = kernels->winograd_scratch (&state->conv);
  return TRUE;
}

static gboolean
take_dot (const VoxelNode *node, VoxelCpuConvState *state, guint threads)
{
  VoxelCpuConv *conv = &state->conv;

  if (!is_dot (conv) && !is_scale (conv))
    return FALSE;
  conv->tile_tasks = 4 * threads;
  conv->channel_tasks = 1;
  state->func = is_dot (conv) ? voxel_cpu_kernels ()->dot : voxel_cpu_kernels ()->scale;
  return TRUE;
}

static gboolean
take_product (const VoxelNode *node, VoxelCpuConvState *state, guint threads)
{
  const VoxelCpuKernels *kernels = voxel_cpu_kernels ();
  const VoxelCpuConv *conv = &state->conv;

  if (conv->kernel[0] != 1 || conv->kernel[1] != 1 || conv->padding[0] || conv->padding[1] ||
      conv->groups > 1)
    return FALSE;
  voxel_cpu_conv_divide (state, threads, (gsize) conv->dst.height * conv->dst.width, 16 * kernels->tile,
                         conv->dst.channels);
  state->func = kernels->product;
  state->scratch = kernels->product_scratch (conv);
  return TRUE;
}

static gboolean
take_direct (const VoxelNode *node, VoxelCpuConvState *state, guint threads)
{
  const VoxelCpuKernels *kernels = voxel_cpu_kernels ();
  const VoxelCpuConv *conv = &state->conv;

  voxel_cpu_conv_divide (state, threads, (gsize) conv->dst.height * conv->dst.width,
                         16 * (gsize) conv->dst.width, conv->dst.channels / conv->groups);
  state->func = kernels->direct;
  state->scratch = kernels->direct_scratch (conv);
  return TRUE;
}

/* The first that takes a convolution computes it; the last takes all. */
static const struct {
  const gchar *name;
  VoxelCpuPacking packing;
  gboolean (*take) (const VoxelNode *node, VoxelCpuConvState *state, guint threads);
} methods[] = {
    {"dot", VOXEL_CPU_PACK_ROWS, take_dot},
    {"bf16-products", VOXEL_CPU_PACK_PAIRS, voxel_cpu_conv_take_pairs},
    {"winograd", VOXEL_CPU_PACK_WINOGRAD, take_winograd},
    {"product", VOXEL_CPU_PACK_TAPS, take_product},
    {"direct", VOXEL_CPU_PACK_TAPS, take_direct},
};

/* Weights, bias and method. */
static gboolean
prepare_method (VoxelPrepare *prepare, VoxelCpuConvState *state, VoxelStep *step, GError **error)
{
  const VoxelNode *node = step->node;
  guint m = 0;

  if (voxel_cpu_conv_depthwise (&state->conv))
    return voxel_cpu_conv_depthwise_prepare (prepare, state, step, error);
  if (voxel_cpu_conv_grouped_pairs (&state->conv))
    return voxel_cpu_conv_grouped_pairs_prepare (prepare, state, step, error);
  if (voxel_cpu_conv_grouped (&state->conv))
    return voxel_cpu_conv_grouped_prepare (prepare, state, step, error);
  if (!voxel_cpu_conv_bias (prepare, node, state, error))
    return FALSE;
  while (!methods[m].take (node, state, prepare->target->threads))
    m++;
  step->implementation = voxel_cpu_implementation (methods[m].name);
  state->conv.weights = voxel_cpu_pack (prepare, node->inputs[VOXEL_CONV2D_WEIGHT], methods[m].packing,
                                        state->conv.groups, error);
  return state->conv.weights != NULL;
}

static gboolean
conv2d_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelNode *node = step->node;
  g_autoptr (VoxelCpuConvState) state = voxel_cpu_conv_new (prepare, node, error);

  if (!state)
    return FALSE;
  if (node->op == &voxel_cpu_op_conv2d_pool &&
      !voxel_cpu_view (node, node->outputs[1], &state->conv.pooled, error))
    return FALSE;
  if (!prepare_method (prepare, state, step, error))
    return FALSE;
  step->scratch = state->scratch * prepare->target->threads;
  step->state = g_steal_pointer (&state);
  return TRUE;
}

const VoxelKernel voxel_cpu_conv2d = {
    .op = &voxel_op_conv2d,
    .name = "conv2d",
    .slice = voxel_cpu_slice,
    .in_place = voxel_cpu_conv_in_place,
    .prepare = conv2d_prepare,
    .release = voxel_cpu_conv_free,
    .run = voxel_cpu_conv_run,
};

static gboolean
conv2d_pool_shapes (VoxelNode *node, GError **error)
{
  VoxelShape pooled;

  if (!voxel_op_conv2d.shapes (node, error))
    return FALSE;
  pooled = node->output_shapes[0];
  pooled.dim[2] /= 2;
  pooled.dim[3] /= 2;
  voxel_node_set_output (node, 1, &pooled);
  return TRUE;
}

static guint64
conv2d_pool_macs (const VoxelNode *node)
{
  return voxel_op_conv2d.macs (node);
}

const VoxelOp voxel_cpu_op_conv2d_pool = {
    .name = "conv2d+max_pool2d",
    .attributes_size = sizeof (VoxelConv2d),
    .shapes = conv2d_pool_shapes,
    .macs = conv2d_pool_macs,
};

const VoxelKernel voxel_cpu_conv2d_pool = {
    .op = &voxel_cpu_op_conv2d_pool,
    .name = "conv2d+max_pool2d",
    .slice = voxel_cpu_slice,
    .prepare = conv2d_prepare,
    .release = voxel_cpu_conv_free,
    .run = voxel_cpu_conv_run,
};
