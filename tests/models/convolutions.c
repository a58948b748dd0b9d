/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "fixture.h"
#include "models/ops/ops.h"

/* Convolutions of as many channels as real networks have, with what is fused into them and with neighbours in a
 * joint buffer, against the reference; the same bits whatever the threads. */

typedef struct {
  guint in, out;
  guint kernel[2];
  guint stride;
  guint height, width;
  VoxelActivation activation;
  gboolean sum;
  gboolean joint;
  gboolean transposed;
  guint groups; /* 0: none */
} Shape;

typedef struct {
  Shape shape;
  const VoxelBackend *backend;
  VoxelPrecision precision;
} Case;

static VoxelTensor *
convolve (VoxelGraph *graph, GRand *random, const VoxelOp *op, VoxelTensor *x, guint channels,
          const VoxelConv2d *conv, const guint *kernel)
{
  gboolean transposed = op == &voxel_op_conv_transpose2d;
  guint in = x->shape.dim[1] / conv->groups;
  const VoxelShape weight =
      VOXEL_SHAPE_4 (transposed ? in : channels, transposed ? channels : in, kernel[0], kernel[1]);
  const VoxelShape bias = {1, {channels}};
  g_autofree gchar *name = g_strdup_printf ("conv-%u", graph->nodes->len);
  g_autofree gchar *name_bias = g_strdup_printf ("%s.bias", name);
  gdouble spread = sqrt (3. / (in * kernel[0] * kernel[1]));
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {x};
  VoxelNode *node;

  inputs[VOXEL_CONV2D_WEIGHT] =
      voxel_graph_constant (graph, voxel_random_constant (name, &weight, random, -spread, spread));
  inputs[VOXEL_CONV2D_BIAS] =
      voxel_graph_constant (graph, voxel_random_constant (name_bias, &bias, random, -1, 1));
  node = voxel_graph_append (graph, op, name, conv, inputs, VOXEL_CONV2D_INPUTS, NULL);
  g_assert_nonnull (node);
  return node->outputs[0];
}

static VoxelTensor *
append (VoxelGraph *graph, const VoxelOp *op, VoxelTensor **inputs, guint n)
{
  g_autofree gchar *name = g_strdup_printf ("%s-%u", op->name, graph->nodes->len);
  VoxelNode *node = voxel_graph_append (graph, op, name, NULL, inputs, n, NULL);

  g_assert_nonnull (node);
  return node->outputs[0];
}

/* Two channels, widened to those of the case; the convolution; all brought to two channels again. */
static VoxelGraph *
build (const Shape *shape)
{
  static const guint point[2] = {1, 1};
  const VoxelConv2d plain = {{1, 1}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};
  const VoxelConv2d conv = {
      {shape->stride, shape->stride},
      {shape->transposed ? 0 : shape->kernel[0] / 2, shape->transposed ? 0 : shape->kernel[1] / 2},
      {1, 1},
      MAX (shape->groups, 1),
      shape->activation,
      .1f};
  const VoxelOp *op = shape->transposed ? &voxel_op_conv_transpose2d : &voxel_op_conv2d;
  g_autoptr (GRand) random = g_rand_new_with_seed (shape->in * 1000 + shape->out);
  const VoxelShape in = VOXEL_SHAPE_4 (1, 2, shape->height, shape->width);
  VoxelGraph *graph = voxel_graph_new ("case");
  VoxelTensor *x, *y, *pair[2];

  x = convolve (graph, random, &voxel_op_conv2d, voxel_graph_input (graph, &in), shape->in, &plain, point);
  if (shape->sum) {
    pair[1] = convolve (graph, random, op, x, shape->out, &conv, shape->kernel);
    pair[0] = convolve (graph, random, op, x, shape->out, &conv, shape->kernel);
    pair[0]->producer->inputs[VOXEL_CONV2D_SUM] = pair[1];
    y = pair[0];
  } else {
    y = convolve (graph, random, op, x, shape->out, &conv, shape->kernel);
  }
  if (shape->joint) {
    pair[0] = convolve (graph, random, &voxel_op_conv2d, y, 24, &plain, point);
    pair[1] = y;
    y = append (graph, &voxel_op_concat, pair, 2);
  }
  graph->output = convolve (graph, random, &voxel_op_conv2d, y, 2, &plain, point);
  return graph;
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  const Shape *shape = &c->shape;
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  gsize n = 2 * (gsize) shape->height * shape->width, out = 0;
  g_autofree gfloat *input = g_new (gfloat, n), *expected = NULL, *one = NULL, *three = NULL;
  VoxelGraph *graph = build (shape);
  g_autoptr (GError) error = NULL;
  gdouble most = 1, difference;

  for (gsize i = 0; i < n; i++)
    input[i] = (gfloat) g_rand_double_range (random, -1, 1);
  expected = fixture_interpret (graph, input);
  g_assert_true (voxel_shape_elements (&graph->output->shape, &out));
  one = fixture_execute (graph, c->backend, c->precision, 1, input, &error);
  g_assert_no_error (error);
  three = fixture_execute (build (shape), c->backend, c->precision, 3, input, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < out; i++)
    most = MAX (most, fabs (expected[i]));
  difference = fixture_difference (one, expected, out);
  if (difference > (c->precision == VOXEL_PRECISION_BF16 ? .02 : 1e-5) * most)
    g_error ("%g off, values to %g", difference, most);
  g_assert_cmpmem (one, out * sizeof *one, three, out * sizeof *three);
}

static const Shape shapes[] = {
    {16, 16, {3, 3}, 1, 9, 13, VOXEL_ACTIVATION_RELU, FALSE, FALSE, FALSE},
    {32, 64, {3, 3}, 1, 16, 33, VOXEL_ACTIVATION_NONE, TRUE, FALSE, FALSE},
    {48, 40, {3, 3}, 1, 7, 35, VOXEL_ACTIVATION_LEAKY_RELU, FALSE, TRUE, FALSE},
    {33, 17, {3, 3}, 1, 8, 16, VOXEL_ACTIVATION_SILU, TRUE, FALSE, FALSE},
    {64, 32, {3, 3}, 2, 15, 18, VOXEL_ACTIVATION_GELU, FALSE, FALSE, FALSE},
    {24, 70, {3, 3}, 2, 16, 9, VOXEL_ACTIVATION_RELU, TRUE, TRUE, FALSE},
    {64, 48, {1, 1}, 1, 9, 11, VOXEL_ACTIVATION_SIGMOID, FALSE, TRUE, FALSE},
    {40, 96, {1, 1}, 1, 5, 7, VOXEL_ACTIVATION_RELU, TRUE, FALSE, FALSE},
    {31, 33, {1, 1}, 1, 6, 6, VOXEL_ACTIVATION_NONE, FALSE, FALSE, FALSE},
    {96, 32, {1, 1}, 2, 9, 8, VOXEL_ACTIVATION_RELU, FALSE, FALSE, FALSE},
    {3, 64, {7, 7}, 2, 20, 21, VOXEL_ACTIVATION_RELU, FALSE, FALSE, FALSE},
    {1, 32, {3, 3}, 1, 12, 40, VOXEL_ACTIVATION_RELU, FALSE, TRUE, FALSE},
    {16, 24, {4, 4}, 4, 16, 12, VOXEL_ACTIVATION_NONE, FALSE, FALSE, FALSE},
    {24, 16, {8, 8}, 8, 24, 16, VOXEL_ACTIVATION_NONE, FALSE, FALSE, FALSE},
    {160, 130, {3, 3}, 1, 3, 2, VOXEL_ACTIVATION_RELU, FALSE, FALSE, FALSE},
    {768, 40, {3, 3}, 2, 9, 6, VOXEL_ACTIVATION_RELU, TRUE, FALSE, FALSE},
    {20, 20, {3, 3}, 1, 9, 23, VOXEL_ACTIVATION_RELU, TRUE, TRUE, FALSE, 5},
    {48, 48, {3, 3}, 1, 17, 35, VOXEL_ACTIVATION_GELU, FALSE, TRUE, FALSE, 12},
    {72, 72, {3, 3}, 2, 20, 33, VOXEL_ACTIVATION_LEAKY_RELU, TRUE, FALSE, FALSE, 9},
    {32, 32, {3, 3}, 1, 5, 18, VOXEL_ACTIVATION_SILU, FALSE, TRUE, FALSE, 2},
    {64, 64, {3, 3}, 2, 9, 37, VOXEL_ACTIVATION_RELU, TRUE, FALSE, FALSE, 2},
    {64, 64, {3, 3}, 1, 13, 37, VOXEL_ACTIVATION_GELU, TRUE, TRUE, FALSE, 8},
    {96, 96, {3, 3}, 2, 11, 19, VOXEL_ACTIVATION_LEAKY_RELU, TRUE, FALSE, FALSE, 24},
    {128, 128, {3, 3}, 1, 5, 3, VOXEL_ACTIVATION_RELU, FALSE, TRUE, FALSE, 8},
    {72, 48, {3, 3}, 1, 11, 7, VOXEL_ACTIVATION_RELU, TRUE, TRUE, FALSE, 3},
    {30, 30, {3, 3}, 1, 6, 9, VOXEL_ACTIVATION_SIGMOID, TRUE, FALSE, FALSE, 10},
    {40, 40, {3, 3}, 1, 19, 37, VOXEL_ACTIVATION_GELU, FALSE, FALSE, FALSE, 40},
    {37, 37, {5, 5}, 2, 12, 15, VOXEL_ACTIVATION_RELU, TRUE, TRUE, FALSE, 37},
    {64, 32, {2, 2}, 2, 6, 17, VOXEL_ACTIVATION_NONE, FALSE, TRUE, TRUE},
    {34, 20, {2, 2}, 2, 5, 3, VOXEL_ACTIVATION_RELU, TRUE, FALSE, TRUE},
};

int
main (int argc, char **argv)
{
  const VoxelPrecision precisions[] = {VOXEL_PRECISION_FP32, VOXEL_PRECISION_BF16};

  g_test_init (&argc, &argv, NULL);
  for (guint b = 0; voxel_backends ()[b]; b++)
    for (guint p = 0; p < G_N_ELEMENTS (precisions); p++)
      for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
        const Case c = {shapes[i], voxel_backends ()[b], precisions[p]};
        const Shape *s = &c.shape;
        g_autofree gchar *path =
            g_strdup_printf ("/convolutions/%s/%s/%u-%s%ux%u-stride-%u-%u-groups-%u", c.backend->name,
                             voxel_precision_to_name (c.precision), s->in, s->transposed ? "transposed-" : "",
                             s->kernel[0], s->kernel[1], s->stride, s->out, s->groups);

        if (c.backend->probe (c.precision, NULL))
          g_test_add_data_func_full (path, g_memdup2 (&c, sizeof c), test_case, g_free);
      }
  return g_test_run ();
}
