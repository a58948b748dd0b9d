/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "models/graph/passes.h"
#include "models/ops/ops.h"
#include "models/plan-private.h"

/* What is computed value by value is one pass over memory where it can be. */

#define SHAPE VOXEL_SHAPE_4 (2, 20, 6, 7)

static VoxelTensor *
append (VoxelGraph *graph, const VoxelOp *op, gconstpointer attributes, VoxelTensor *x, VoxelTensor *y)
{
  VoxelNode *node =
      voxel_graph_append (graph, op, op->name, attributes, (VoxelTensor *const[]){x, y}, y ? 2 : 1, NULL);

  g_assert_nonnull (node);
  return node->outputs[0];
}

/* Something that no convolution takes up and nothing else is taken up by. */
static VoxelTensor *
average (VoxelGraph *graph, VoxelTensor *x)
{
  static const VoxelAvgPool2d pool = {{3, 3}, {1, 1}, {1, 1}, FALSE};

  return append (graph, &voxel_op_avg_pool2d, &pool, x, NULL);
}

static VoxelTensor *
pixels_of (VoxelGraph *graph, VoxelTensor *x, GRand *random)
{
  static const VoxelConv2d conv = {{1, 1}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};
  const VoxelShape shape = VOXEL_SHAPE_4 (1, x->shape.dim[1], 1, 1);
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {x};

  inputs[VOXEL_CONV2D_WEIGHT] =
      voxel_graph_constant (graph, voxel_random_constant ("pixels", &shape, random, -.5, .5));
  return voxel_graph_append (graph, &voxel_op_conv2d, "pixels", &conv, inputs, VOXEL_CONV2D_INPUTS, NULL)
      ->outputs[0];
}

/* relu (x s + x') of squeeze-excite networks. */
static VoxelTensor *
build_excite (VoxelGraph *graph, GRand *random)
{
  VoxelTensor *x = average (graph, graph->input);
  VoxelTensor *y =
      append (graph, &voxel_op_multiply, NULL, append (graph, &voxel_op_global_avg_pool2d, NULL, x, NULL), x);

  y = append (graph, &voxel_op_add, NULL, average (graph, x), y);
  return append (graph, &voxel_op_relu, NULL, y, NULL);
}

/* x c + x p with a factor a channel and one a pixel. */
static VoxelTensor *
build_scse (VoxelGraph *graph, GRand *random)
{
  VoxelTensor *x = average (graph, graph->input);
  VoxelTensor *c = append (graph, &voxel_op_global_avg_pool2d, NULL, x, NULL);

  return append (graph, &voxel_op_add, NULL, append (graph, &voxel_op_multiply, NULL, x, c),
                 append (graph, &voxel_op_multiply, NULL, pixels_of (graph, x, random), x));
}

/* gelu (x) is read twice, so it is kept: silu (gelu (x) + .5 gelu (x)) with a constant. */
static VoxelTensor *
build_kept (VoxelGraph *graph, GRand *random)
{
  const VoxelShape shape = VOXEL_SHAPE_4 (1, 20, 6, 7);
  VoxelTensor *x = append (graph, &voxel_op_gelu, NULL, graph->input, NULL);
  VoxelTensor *half = voxel_graph_constant (graph, voxel_random_constant ("half", &shape, random, .4, .6));

  x = append (graph, &voxel_op_add, NULL, x, append (graph, &voxel_op_multiply, NULL, half, x));
  return append (graph, &voxel_op_silu, NULL, x, NULL);
}

/* A factor a channel goes through its sigmoid once, not at every pixel. */
static VoxelTensor *
build_small (VoxelGraph *graph, GRand *random)
{
  VoxelTensor *c = append (graph, &voxel_op_global_avg_pool2d, NULL, graph->input, NULL);

  return append (graph, &voxel_op_multiply, NULL, graph->input,
                 append (graph, &voxel_op_sigmoid, NULL, c, NULL));
}

typedef struct {
  const gchar *name;
  VoxelTensor *(*build) (VoxelGraph *graph, GRand *random);
  guint steps; /* that are computed value by value */
} Chain;

static const Chain chains[] = {
    {"excite", build_excite, 1},
    {"scse", build_scse, 1},
    {"kept", build_kept, 2},
    {"small", build_small, 2},
};

static VoxelGraph *
build (const Chain *chain)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  VoxelGraph *graph = voxel_graph_new (chain->name);

  voxel_graph_input (graph, &SHAPE);
  graph->output = chain->build (graph, random);
  return graph;
}

static void
test_steps (gconstpointer data)
{
  const Chain *chain = data;
  const VoxelPlanKey key = {"cpu", VOXEL_PRECISION_FP32, 1, 1, 0, 0};
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelPlan) plan = voxel_plan_new (build (chain), &voxel_backend_cpu, &key, &error);
  guint steps = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < voxel_plan_get_steps (plan); i++)
    steps += g_str_has_prefix (voxel_plan_get_step_implementation (plan, i), "pointwise") &&
             voxel_plan_get_step (plan, i)->node->op != &voxel_op_convert;
  g_assert_cmpuint (steps, ==, chain->steps);
}

static void
test_values (gconstpointer data)
{
  static const VoxelPrecision precisions[] = {VOXEL_PRECISION_FP32, VOXEL_PRECISION_BF16};
  g_autoptr (VoxelGraph) graph = build (data);
  g_autoptr (GRand) random = g_rand_new_with_seed (9);
  g_autofree gfloat *input = NULL, *expected = NULL;
  gsize in = 0, out = 0;

  g_assert_true (voxel_shape_elements (&graph->input->shape, &in));
  g_assert_true (voxel_shape_elements (&graph->output->shape, &out));
  input = g_new (gfloat, in);
  for (gsize i = 0; i < in; i++)
    input[i] = (gfloat) g_rand_double_range (random, -2, 2);
  expected = fixture_interpret (graph, input);
  for (guint p = 0; p < G_N_ELEMENTS (precisions); p++)
    for (guint threads = 1; threads <= 2; threads++) {
      g_autofree gfloat *result =
          fixture_execute (build (data), &voxel_backend_cpu, precisions[p], threads, input, NULL);

      g_assert_nonnull (result);
      g_assert_cmpfloat (fixture_difference (result, expected, out), <, p ? .03 : 1e-6);
    }
}

/* As every backend sees it: one product of the sum, or all as it was. */
static void
test_factor (void)
{
  g_autoptr (VoxelGraph) graph = build (&chains[1]);
  guint before = graph->nodes->len;
  VoxelNode *last;

  voxel_pass_fuse (graph);
  g_assert_true (voxel_graph_check (graph, NULL));
  g_assert_cmpuint (graph->nodes->len, ==, before - 1);
  last = graph->nodes->pdata[graph->nodes->len - 1];
  g_assert_true (last->op == &voxel_op_multiply && last->inputs[1]->producer->op == &voxel_op_add);
  g_assert_true (voxel_shape_equal (&last->outputs[0]->shape, &SHAPE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (chains); i++) {
    g_autofree gchar *steps = g_strdup_printf ("/pointwise/%s/steps", chains[i].name);
    g_autofree gchar *values = g_strdup_printf ("/pointwise/%s/values", chains[i].name);

    g_test_add_data_func (steps, &chains[i], test_steps);
    g_test_add_data_func (values, &chains[i], test_values);
  }
  g_test_add_func ("/pointwise/factor", test_factor);
  return g_test_run ();
}
