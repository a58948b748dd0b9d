/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/selftest/operator-case.h"

#include <math.h>

#include "models/ops/ops.h"
#include "models/selftest/random-graph.h"

struct _VoxelOperatorDraw {
  const VoxelOp *op;
  VoxelGraph *graph;
  GRand *random;
  VoxelTensor *x;
};

static guint
between (VoxelOperatorDraw *draw, guint least, guint most)
{
  return least + (guint) g_rand_int_range (draw->random, 0, (gint) (most - least + 1));
}

static VoxelTensor *
constant (VoxelOperatorDraw *draw, const VoxelShape *shape, gdouble low, gdouble high)
{
  g_autofree gchar *key = g_strdup_printf ("constant-%u", draw->graph->tensors->len);

  return voxel_graph_constant (draw->graph, voxel_random_constant (key, shape, draw->random, low, high));
}

static VoxelTensor *
append (VoxelOperatorDraw *draw, const VoxelOp *op, gconstpointer attributes, VoxelTensor *const *inputs,
        guint n)
{
  VoxelNode *node = voxel_graph_append (draw->graph, op, op->name, attributes, inputs, n, NULL);

  g_assert_nonnull (node); /* nothing is drawn that is not defined */
  return node->outputs[0];
}

/* Weights that keep the size of values. */
static VoxelTensor *
convolve (VoxelOperatorDraw *draw, const VoxelOp *op, VoxelTensor *x, const VoxelConv2d *conv,
          const VoxelShape *weight, guint channels)
{
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {x};
  gdouble bound = sqrt (3. / (weight->dim[1] * weight->dim[2] * weight->dim[3]));

  inputs[VOXEL_CONV2D_WEIGHT] = constant (draw, weight, -bound, bound);
  if (g_rand_boolean (draw->random))
    inputs[VOXEL_CONV2D_BIAS] = constant (draw, &VOXEL_SHAPE_1 (channels), -1, 1);
  return append (draw, op, conv, inputs, VOXEL_CONV2D_INPUTS);
}

/* A 1x1 convolution: another operand, computed from the same picture. */
static VoxelTensor *
other (VoxelOperatorDraw *draw, guint channels, guint stride)
{
  const VoxelConv2d conv = {{stride, stride}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};

  return convolve (draw, &voxel_op_conv2d, draw->x, &conv,
                   &VOXEL_SHAPE_4 (channels, draw->x->shape.dim[1], 1, 1), channels);
}

static VoxelTensor *
draw_conv2d (VoxelOperatorDraw *draw)
{
  const guint *in = draw->x->shape.dim;
  guint side[2] = {between (draw, 1, 4), between (draw, 1, 4)}, groups = 1, channels = between (draw, 1, 40);
  VoxelConv2d conv = {
      {between (draw, 1, 2), between (draw, 1, 2)}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};

  if (in[1] % 8 == 0 && g_rand_boolean (draw->random)) {
    groups = in[1] >> between (draw, 0, 3);
    channels = in[1];
  }
  conv.groups = groups;
  for (guint i = 0; i < 2; i++) {
    conv.dilation[i] = side[i] == 3 ? between (draw, 1, 2) : 1;
    conv.padding[i] = between (draw, 0, side[i] / 2 * conv.dilation[i]);
  }
  return convolve (draw, draw->op, draw->x, &conv,
                   &VOXEL_SHAPE_4 (channels, in[1] / groups, side[0], side[1]), channels);
}

static VoxelTensor *
draw_conv_transpose2d (VoxelOperatorDraw *draw)
{
  guint side = between (draw, 1, 4), stride = between (draw, 1, 2), channels = between (draw, 1, 24);
  guint padding = between (draw, 0, (side - 1) / 2);
  const VoxelConv2d conv = {{stride, stride}, {padding, padding}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};

  return convolve (draw, draw->op, draw->x, &conv,
                   &VOXEL_SHAPE_4 (draw->x->shape.dim[1], channels, side, side), channels);
}

static VoxelTensor *
draw_batch_norm (VoxelOperatorDraw *draw)
{
  const VoxelShape shape = VOXEL_SHAPE_1 (draw->x->shape.dim[1]);
  VoxelTensor *inputs[] = {draw->x, constant (draw, &shape, .5, 1.5), constant (draw, &shape, -.5, .5),
                           constant (draw, &shape, -.5, .5), constant (draw, &shape, .5, 1.5)};

  return append (draw, draw->op, &(VoxelBatchNorm){1e-5}, inputs, G_N_ELEMENTS (inputs));
}

static VoxelTensor *
draw_unary (VoxelOperatorDraw *draw)
{
  return append (draw, draw->op, NULL, &draw->x, 1);
}

static VoxelTensor *
draw_leaky_relu (VoxelOperatorDraw *draw)
{
  return append (draw, draw->op, &(VoxelLeakyRelu){g_rand_double_range (draw->random, 0, .5)}, &draw->x, 1);
}

static VoxelTensor *
draw_max_pool2d (VoxelOperatorDraw *draw)
{
  guint side = between (draw, 2, 3), stride = between (draw, 1, side);
  const VoxelMaxPool2d pool = {
      {side, side}, {stride, stride}, {between (draw, 0, 1), between (draw, 0, 1)}, FALSE, FALSE};

  return append (draw, draw->op, &pool, &draw->x, 1);
}

static VoxelTensor *
draw_avg_pool2d (VoxelOperatorDraw *draw)
{
  guint side = between (draw, 2, 3), stride = between (draw, 1, side), padding = between (draw, 0, 1);
  const VoxelAvgPool2d pool = {
      {side, side}, {stride, stride}, {padding, padding}, g_rand_boolean (draw->random)};

  return append (draw, draw->op, &pool, &draw->x, 1);
}

static VoxelTensor *
draw_pad (VoxelOperatorDraw *draw)
{
  const VoxelPad pad = {{between (draw, 0, 2), between (draw, 0, 2)},
                        {between (draw, 0, 2), between (draw, 0, 2)},
                        (VoxelPadMode) between (draw, VOXEL_PAD_ZERO, VOXEL_PAD_REPLICATE)};

  return append (draw, draw->op, &pad, &draw->x, 1);
}

static VoxelTensor *
draw_upsample (VoxelOperatorDraw *draw)
{
  guint scale = between (draw, 2, 3);
  const VoxelUpsample upsample = {
      {scale, scale}, g_rand_boolean (draw->random), g_rand_boolean (draw->random)};

  return append (draw, draw->op, &upsample, &draw->x, 1);
}

static VoxelTensor *
draw_concat (VoxelOperatorDraw *draw)
{
  VoxelTensor *inputs[] = {draw->x, other (draw, between (draw, 1, 24), 1), other (draw, 8, 1)};

  return append (draw, draw->op, NULL, inputs, between (draw, 2, 3));
}

/* With a picture, a value a channel, or a value a pixel. */
static VoxelTensor *
draw_binary (VoxelOperatorDraw *draw)
{
  guint what = between (draw, 0, 2);
  VoxelTensor *y = what == 2 ? other (draw, 1, 1) : other (draw, draw->x->shape.dim[1], 1);

  if (what == 1)
    y = append (draw, &voxel_op_global_avg_pool2d, NULL, &y, 1);
  return append (draw, draw->op, NULL, (VoxelTensor *const[]){draw->x, y}, 2);
}

/* With an epsilon that keeps small differences small, whose rounding would be magnified otherwise. */
static VoxelTensor *
draw_norm (VoxelOperatorDraw *draw)
{
  guint channels = draw->x->shape.dim[1];
  const VoxelShape shape = VOXEL_SHAPE_1 (channels);
  const VoxelGroupNorm group_norm = {1, channels % 4 == 0 ? channels >> between (draw, 0, 2) : channels};
  const VoxelLayerNorm layer_norm = {1, 1};
  VoxelTensor *inputs[VOXEL_NORM_INPUTS] = {draw->x};

  if (g_rand_boolean (draw->random)) {
    inputs[VOXEL_NORM_WEIGHT] = constant (draw, &shape, .5, 1.5);
    inputs[VOXEL_NORM_BIAS] = constant (draw, &shape, -.5, .5);
  }
  return append (draw, draw->op,
                 draw->op == &voxel_op_group_norm ? (gconstpointer) &group_norm : (gconstpointer) &layer_norm,
                 inputs, VOXEL_NORM_INPUTS);
}

/* [N, C, H, W] as [N, C, H W]. */
static VoxelTensor *
flatten (VoxelOperatorDraw *draw)
{
  const guint *in = draw->x->shape.dim;
  const VoxelReshape reshape = {{3, {in[0], in[1], in[2] * in[3]}}};

  return append (draw, &voxel_op_reshape, &reshape, &draw->x, 1);
}

/* [N, H W, C]. */
static VoxelTensor *
tokens (VoxelOperatorDraw *draw)
{
  VoxelTensor *flat = flatten (draw);

  return append (draw, &voxel_op_transpose, &(VoxelTranspose){{0, 2, 1}}, &flat, 1);
}

static VoxelTensor *
draw_softmax (VoxelOperatorDraw *draw)
{
  VoxelTensor *x = flatten (draw);

  return append (draw, draw->op, &(VoxelSoftmax){2}, &x, 1);
}

static VoxelTensor *
draw_matmul (VoxelOperatorDraw *draw)
{
  gboolean transpose = g_rand_boolean (draw->random);
  VoxelTensor *x = flatten (draw);
  const VoxelMatmul matmul = {transpose, 1 / sqrt (x->shape.dim[2])};

  return append (draw, draw->op, &matmul, (VoxelTensor *const[]){x, transpose ? x : tokens (draw)}, 2);
}

static VoxelTensor *
draw_linear (VoxelOperatorDraw *draw)
{
  guint channels = between (draw, 1, 24), depth = draw->x->shape.dim[1];
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {tokens (draw)};
  gdouble bound = sqrt (3. / depth);

  inputs[VOXEL_CONV2D_WEIGHT] = constant (draw, &VOXEL_SHAPE_2 (channels, depth), -bound, bound);
  if (g_rand_boolean (draw->random))
    inputs[VOXEL_CONV2D_BIAS] = constant (draw, &VOXEL_SHAPE_1 (channels), -1, 1);
  return append (draw, draw->op, NULL, inputs, VOXEL_CONV2D_INPUTS);
}

static VoxelTensor *
draw_attention (VoxelOperatorDraw *draw)
{
  guint channels = 8 * between (draw, 1, 4);
  const VoxelAttention attention = {1u << between (draw, 0, 2)};
  VoxelTensor *inputs[VOXEL_ATTENTION_INPUTS];

  inputs[VOXEL_ATTENTION_QUERY] = other (draw, channels, 1);
  inputs[VOXEL_ATTENTION_KEY_VALUE] = other (draw, 2 * channels, between (draw, 1, 2));
  return append (draw, draw->op, &attention, inputs, VOXEL_ATTENTION_INPUTS);
}

static VoxelTensor *
draw_reshape (VoxelOperatorDraw *draw)
{
  return flatten (draw);
}

static VoxelTensor *
draw_transpose (VoxelOperatorDraw *draw)
{
  return tokens (draw);
}

static const VoxelOperatorCase cases[] = {
    {&voxel_op_conv2d, draw_conv2d},
    {&voxel_op_conv_transpose2d, draw_conv_transpose2d},
    {&voxel_op_batch_norm, draw_batch_norm},
    {&voxel_op_relu, draw_unary},
    {&voxel_op_sigmoid, draw_unary},
    {&voxel_op_silu, draw_unary},
    {&voxel_op_leaky_relu, draw_leaky_relu},
    {&voxel_op_gelu, draw_unary},
    {&voxel_op_max_pool2d, draw_max_pool2d},
    {&voxel_op_avg_pool2d, draw_avg_pool2d},
    {&voxel_op_global_avg_pool2d, draw_unary},
    {&voxel_op_pad, draw_pad},
    {&voxel_op_upsample, draw_upsample},
    {&voxel_op_concat, draw_concat},
    {&voxel_op_add, draw_binary},
    {&voxel_op_multiply, draw_binary},
    {&voxel_op_layer_norm, draw_norm},
    {&voxel_op_group_norm, draw_norm},
    {&voxel_op_softmax, draw_softmax},
    {&voxel_op_matmul, draw_matmul},
    {&voxel_op_linear, draw_linear},
    {&voxel_op_attention, draw_attention},
    {&voxel_op_reshape, draw_reshape},
    {&voxel_op_transpose, draw_transpose},
};

/**
 * voxel_operator_case_nth:
 * @n: from 0
 *
 * Returns: (transfer none) (nullable): one of all operators that networks are made of, %NULL behind the last
 */
const VoxelOperatorCase *
voxel_operator_case_nth (guint n)
{
  return n < G_N_ELEMENTS (cases) ? &cases[n] : NULL;
}

/**
 * voxel_operator_case_graph:
 * @which: an operator
 * @random: where from: the same state gives the same graph
 * @n: pictures of its input
 *
 * Returns: (transfer full): a graph that ends in the operator
 */
VoxelGraph *
voxel_operator_case_graph (const VoxelOperatorCase *which, GRand *random, guint n)
{
  static const guint channels[] = {1, 3, 8, 12, 16, 24, 32, 40};
  g_autofree gchar *digest = g_strdup_printf ("%s-%08x", which->op->name, g_rand_int (random));
  VoxelOperatorDraw draw = {which->op, voxel_graph_new (digest), random, NULL};
  guint c = channels[between (&draw, 0, G_N_ELEMENTS (channels) - 1)];

  draw.x =
      voxel_graph_input (draw.graph, &VOXEL_SHAPE_4 (n, c, between (&draw, 5, 20), between (&draw, 5, 20)));
  draw.graph->output = which->draw (&draw);
  return draw.graph;
}
