/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/selftest/random-graph.h"

#include <math.h>

#include "models/ops/ops.h"

/**
 * voxel_random_constant:
 * @key: unique within the graph's digest
 * @shape: its shape
 * @random: where from
 * @low: bound of its values
 * @high: likewise
 *
 * Returns: (transfer full): a constant of uniformly distributed values
 */
VoxelConstant *
voxel_random_constant (const gchar *key, const VoxelShape *shape, GRand *random, gdouble low, gdouble high)
{
  g_autofree gfloat *values = NULL;
  gsize n = 0;

  g_return_val_if_fail (voxel_shape_elements (shape, &n), NULL);
  values = g_new (gfloat, n);
  for (gsize i = 0; i < n; i++)
    values[i] = (gfloat) g_rand_double_range (random, low, high);
  return voxel_constant_new_values (key, shape, values);
}

typedef struct {
  VoxelGraph *graph;
  GRand *random;
  GPtrArray *tensors;
  guint n;
} Growth;

static VoxelTensor *
pick (Growth *growth)
{
  guint recent = MIN (growth->tensors->len, 6);

  return growth->tensors
      ->pdata[growth->tensors->len - 1 - g_rand_int_range (growth->random, 0, (gint) recent)];
}

static VoxelTensor *
constant (Growth *growth, const VoxelShape *shape, gdouble low, gdouble high)
{
  g_autofree gchar *key = g_strdup_printf ("constant-%u", growth->graph->tensors->len);

  return voxel_graph_constant (growth->graph, voxel_random_constant (key, shape, growth->random, low, high));
}

static VoxelTensor *
add_node (Growth *growth, const VoxelOp *op, gconstpointer attributes, VoxelTensor *const *inputs, guint n)
{
  g_autofree gchar *name = g_strdup_printf ("node-%u", growth->n++);
  VoxelNode *node = voxel_graph_append (growth->graph, op, name, attributes, inputs, n, NULL);

  g_assert_nonnull (node); /* nothing is grown that is not defined */
  g_ptr_array_add (growth->tensors, node->outputs[0]);
  return node->outputs[0];
}

static VoxelTensor *
convolve (Growth *growth, VoxelTensor *x, guint channels)
{
  guint kernel = g_rand_boolean (growth->random) ? 3 : 1;
  gboolean grouped =
      kernel == 3 && channels == x->shape.dim[1] && channels % 8 == 0 && g_rand_boolean (growth->random);
  guint depth = grouped ? 1u << g_rand_int_range (growth->random, 0, 4) : x->shape.dim[1];
  guint groups = x->shape.dim[1] / depth;
  const VoxelConv2d conv = {{1, 1}, {kernel / 2, kernel / 2}, {1, 1}, groups, VOXEL_ACTIVATION_NONE, 0};
  gdouble range = sqrt (3. / (depth * kernel * kernel));
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {x};

  inputs[VOXEL_CONV2D_WEIGHT] =
      constant (growth, &VOXEL_SHAPE_4 (channels, depth, kernel, kernel), -range, range);
  if (g_rand_boolean (growth->random))
    inputs[VOXEL_CONV2D_BIAS] = constant (growth, &VOXEL_SHAPE_1 (channels), -.5, .5);
  return add_node (growth, &voxel_op_conv2d, &conv, inputs, VOXEL_CONV2D_INPUTS);
}

static void
enlarge (Growth *growth, VoxelTensor *x)
{
  const VoxelConv2d conv = {{2, 2}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};
  const VoxelUpsample upsample = {{2, 2}, g_rand_boolean (growth->random), g_rand_boolean (growth->random)};
  guint channels = x->shape.dim[1];
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {x};

  if (x->shape.dim[2] > 8)
    return;
  if (g_rand_boolean (growth->random)) {
    add_node (growth, &voxel_op_upsample, &upsample, &x, 1);
    return;
  }
  inputs[VOXEL_CONV2D_WEIGHT] = constant (growth, &VOXEL_SHAPE_4 (channels, channels, 2, 2), -.3, .3);
  inputs[VOXEL_CONV2D_BIAS] = constant (growth, &VOXEL_SHAPE_1 (channels), -.5, .5);
  add_node (growth, &voxel_op_conv_transpose2d, &conv, inputs, VOXEL_CONV2D_INPUTS);
}

static void
normalise (Growth *growth, VoxelTensor *x)
{
  const VoxelShape shape = VOXEL_SHAPE_1 (x->shape.dim[1]);
  VoxelTensor *inputs[] = {x, constant (growth, &shape, .5, 1.5), constant (growth, &shape, -.5, .5),
                           constant (growth, &shape, -.5, .5), constant (growth, &shape, .5, 1.5)};

  add_node (growth, &voxel_op_batch_norm, &(VoxelBatchNorm){1e-5}, inputs, G_N_ELEMENTS (inputs));
}

/* With an epsilon that keeps small differences small, whose rounding errors would be magnified otherwise. */
static VoxelTensor *
standardise (Growth *growth, VoxelTensor *x, gboolean groups)
{
  const VoxelShape shape = VOXEL_SHAPE_1 (x->shape.dim[1]);
  const VoxelGroupNorm group_norm = {1, x->shape.dim[1]};
  const VoxelLayerNorm layer_norm = {1, 1};
  VoxelTensor *inputs[VOXEL_NORM_INPUTS] = {x};

  if (g_rand_boolean (growth->random)) {
    inputs[VOXEL_NORM_WEIGHT] = constant (growth, &shape, .5, 1.5);
    inputs[VOXEL_NORM_BIAS] = constant (growth, &shape, -.5, .5);
  }
  if (groups)
    return add_node (growth, &voxel_op_group_norm, &group_norm, inputs, VOXEL_NORM_INPUTS);
  return add_node (growth, &voxel_op_layer_norm, &layer_norm, inputs, VOXEL_NORM_INPUTS);
}

/* Of @x to whatever there is, of any size. */
static void
attend (Growth *growth, VoxelTensor *x)
{
  const VoxelAttention attention = {1u << g_rand_int_range (growth->random, 0, 3)};
  VoxelTensor *query = convolve (growth, standardise (growth, x, FALSE), 16);
  VoxelTensor *key_value = convolve (growth, standardise (growth, pick (growth), FALSE), 32);

  add_node (growth, &voxel_op_attention, &attention, (VoxelTensor *const[]){query, key_value},
            VOXEL_ATTENTION_INPUTS);
}

/* Another tensor that @x can be added to or joined with. */
static VoxelTensor *
partner (Growth *growth, const VoxelTensor *x, gboolean same_channels)
{
  for (guint tries = 0; tries < 10; tries++) {
    VoxelTensor *y = pick (growth);

    if (y->shape.dim[2] == x->shape.dim[2] && y->shape.dim[3] == x->shape.dim[3] &&
        (!same_channels || y->shape.dim[1] == x->shape.dim[1]))
      return y;
  }
  return NULL;
}

static void
combine (Growth *growth, VoxelTensor *x, gboolean addition)
{
  VoxelTensor *y = partner (growth, x, addition);

  if (y && (addition || x->shape.dim[1] + y->shape.dim[1] <= 48))
    add_node (growth, addition ? &voxel_op_add : &voxel_op_concat, NULL, (VoxelTensor *const[]){x, y}, 2);
}

/* x + conv (relu (conv (x))) */
static void
residual (Growth *growth, VoxelTensor *x)
{
  VoxelTensor *y = convolve (growth, x, 16);

  y = add_node (growth, &voxel_op_relu, NULL, &y, 1);
  y = convolve (growth, y, x->shape.dim[1]);
  add_node (growth, &voxel_op_add, NULL, (VoxelTensor *const[]){x, y}, 2);
}

/* One of the smaller operators, on pictures of any size. */
static void
add_small (Growth *growth, VoxelTensor *x)
{
  static const VoxelAvgPool2d average = {{3, 3}, {1, 1}, {1, 1}, TRUE};
  static const VoxelMaxPool2d pool = {{3, 3}, {2, 2}, {1, 1}, FALSE};
  const VoxelPad pad = {{1, 0}, {0, 1}, (VoxelPadMode) g_rand_int_range (growth->random, 0, 3)};
  const VoxelOp *const activations[] = {&voxel_op_silu, &voxel_op_gelu, &voxel_op_leaky_relu};
  gint what = g_rand_int_range (growth->random, 0, 6);

  if (what < 3)
    add_node (growth, activations[what], &(VoxelLeakyRelu){.125}, &x, 1);
  else if (what == 3)
    add_node (growth, &voxel_op_avg_pool2d, &average, &x, 1);
  else if (what == 4 && x->shape.dim[2] > 2)
    add_node (growth, &voxel_op_max_pool2d, &pool, &x, 1);
  else if (x->shape.dim[2] > 1 && x->shape.dim[2] < 12)
    add_node (growth, &voxel_op_pad, &pad, &x, 1);
}

/* A factor a channel, from all pixels (squeeze and excite), or a pixel, or both, and what was there before. */
static void
gate (Growth *growth, VoxelTensor *x)
{
  gint what = g_rand_int_range (growth->random, 0, 3);
  VoxelTensor *y = NULL, *z = NULL;

  if (what != 1) {
    y = add_node (growth, &voxel_op_global_avg_pool2d, NULL, &x, 1);
    y = convolve (growth, y, x->shape.dim[1]);
    y = add_node (growth, &voxel_op_sigmoid, NULL, &y, 1);
    y = add_node (growth, &voxel_op_multiply, NULL, (VoxelTensor *const[]){x, y}, 2);
  }
  if (what != 0) {
    z = convolve (growth, x, 1);
    z = add_node (growth, &voxel_op_sigmoid, NULL, &z, 1);
    z = add_node (growth, &voxel_op_multiply, NULL, (VoxelTensor *const[]){z, x}, 2);
  }
  y = add_node (growth, &voxel_op_add, NULL, (VoxelTensor *const[]){y ? y : z, z && y ? z : x}, 2);
  if (g_rand_boolean (growth->random))
    add_node (growth, &voxel_op_relu, NULL, &y, 1);
}

static void
grow (Growth *growth)
{
  static const guint channels[] = {3, 8, 16, 16, 24};
  static const VoxelMaxPool2d pool = {{2, 2}, {2, 2}, {0, 0}, FALSE};
  VoxelTensor *x = pick (growth);
  gint what = g_rand_int_range (growth->random, 0, 20);

  if (what < 4)
    convolve (growth, x, channels[g_rand_int_range (growth->random, 0, G_N_ELEMENTS (channels))]);
  else if (what == 4)
    add_node (growth, &voxel_op_relu, NULL, &x, 1);
  else if (what == 5)
    normalise (growth, x);
  else if (what == 6 && x->shape.dim[2] > 2)
    add_node (growth, &voxel_op_max_pool2d, &pool, &x, 1);
  else if (what == 7)
    enlarge (growth, x);
  else if (what == 8)
    add_node (growth, &voxel_op_sigmoid, NULL, &x, 1);
  else if (what == 12 || what == 13)
    residual (growth, x);
  else if (what == 14)
    add_small (growth, x);
  else if (what == 15 || what == 16)
    gate (growth, x);
  else if (what == 17 || what == 18)
    standardise (growth, x, what == 17);
  else if (what == 19)
    attend (growth, x);
  else
    combine (growth, x, what == 9);
}

/**
 * voxel_random_graph:
 * @random: where from: the same state gives the same graph
 * @n: pictures of its input
 *
 * A network that nobody drew: some thirty operators on whatever is there, residual, dense and dead ends too. Its input is
 * [n, 2, 8, 12]; it ends in a convolution whose result is the output.
 *
 * Returns: (transfer full): the graph
 */
VoxelGraph *
voxel_random_graph (GRand *random, guint n)
{
  g_autofree gchar *digest = g_strdup_printf ("random-%08x", g_rand_int (random));
  g_autoptr (GPtrArray) tensors = g_ptr_array_new ();
  Growth growth = {voxel_graph_new (digest), random, tensors, 0};
  guint size = 15 + (guint) g_rand_int_range (random, 0, 20);

  g_ptr_array_add (tensors, voxel_graph_input (growth.graph, &VOXEL_SHAPE_4 (n, 2, 8, 12)));
  convolve (&growth, growth.graph->input, 16);
  for (guint tries = 0; growth.n < size && tries < 200; tries++)
    grow (&growth);
  growth.graph->output = convolve (&growth, tensors->pdata[tensors->len - 1], 2);
  return growth.graph;
}
