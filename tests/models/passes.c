/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "models/graph/passes.h"
#include "models/ops/ops.h"
#include "models/packed.h"
#include "models/plan-private.h"
#include "models/run.h"

#define GRAPHS 150

/* The reference with a layout of its own for every tensor: its kernels take any. */
static gboolean
lower_at_random (VoxelGraph *graph, const VoxelTarget *target, GError **error)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (graph->nodes->len * 977 + graph->tensors->len);
  gint favourite = g_rand_int_range (random, 0, 4);

  for (guint t = 0; t < graph->tensors->len; t++) {
    VoxelTensor *tensor = graph->tensors->pdata[t];

    if (tensor->constant || tensor == graph->input || tensor == graph->output)
      continue;
    tensor->layout =
        (VoxelLayout) (g_rand_int_range (random, 0, 4) ? favourite : g_rand_int_range (random, 0, 4));
  }
  return TRUE;
}

static VoxelBackend
random_layouts (void)
{
  VoxelBackend backend = voxel_backend_reference;

  backend.lower = lower_at_random;
  return backend;
}

static gfloat *
random_input (const VoxelGraph *graph, GRand *random)
{
  gfloat *input;
  gsize n = 0;

  g_assert_true (voxel_shape_elements (&graph->input->shape, &n));
  input = g_new (gfloat, n);
  for (gsize i = 0; i < n; i++)
    input[i] = (gfloat) g_rand_double_range (random, -2, 2);
  return input;
}

static gdouble
largest (const gfloat *values, gsize n)
{
  gdouble most = 0;

  for (gsize i = 0; i < n; i++)
    most = MAX (most, fabs (values[i]));
  return most;
}

/* Passes change the order of roundings, never the result. */
static void
test_values (gconstpointer data)
{
  const VoxelBackend *backend = data;

  for (guint seed = 0; seed < GRAPHS; seed++) {
    g_autoptr (GRand) random = g_rand_new_with_seed (seed);
    VoxelGraph *graph = voxel_random_graph (random, 1);
    g_autofree gfloat *input = random_input (graph, random);
    g_autofree gfloat *expected = fixture_interpret (graph, input);
    g_autofree gfloat *result = NULL;
    g_autoptr (GError) error = NULL;
    gsize n = 0;

    g_assert_true (voxel_shape_elements (&graph->output->shape, &n));
    result = fixture_execute (graph, backend, VOXEL_PRECISION_FP32, 1, input, &error);
    g_assert_no_error (error);
    if (fixture_difference (result, expected, n) > 2e-5 * (1 + largest (expected, n)))
      g_error ("graph %u: %g off, values to %g", seed, fixture_difference (result, expected, n),
               largest (expected, n));
  }
  g_assert_cmpuint (voxel_packed_count (), ==, 0);
}

typedef struct {
  guint first, last;
} Life;

/* From the graph alone, by tensor: computed at @first, last read at @last. */
static Life *
lives (const VoxelGraph *graph)
{
  Life *life = g_new (Life, graph->tensors->len);

  for (guint t = 0; t < graph->tensors->len; t++)
    life[t] = (Life){G_MAXUINT, 0};
  for (guint n = 0; n < graph->nodes->len; n++) {
    const VoxelNode *node = graph->nodes->pdata[n];

    for (guint i = 0; i < node->n_outputs; i++)
      life[node->outputs[i]->id] = (Life){n, n};
    for (guint i = 0; i < node->n_inputs; i++)
      if (node->inputs[i] && !node->inputs[i]->constant)
        life[node->inputs[i]->id].last = n;
  }
  life[graph->input->id] = (Life){0, graph->nodes->len};
  life[graph->output->id].last = graph->nodes->len;
  return life;
}

/* Channels of a blocked or row-major slice are one piece of memory, those of NHWC are every pixel's part. */
static gboolean
overlap (const VoxelPlan *plan, const VoxelTensor *a, const VoxelTensor *b)
{
  gsize at_a = plan->arena.offset[a->id], at_b = plan->arena.offset[b->id], size_a = 0, size_b = 0;

  if (voxel_tensor_root (a) == voxel_tensor_root (b))
    return a->joint_channel < b->joint_channel + b->shape.dim[1] &&
           b->joint_channel < a->joint_channel + a->shape.dim[1];
  a = voxel_tensor_root (a);
  b = voxel_tensor_root (b);
  at_a = plan->arena.offset[a->id];
  at_b = plan->arena.offset[b->id];
  g_assert_true (voxel_tensor_size (a, &size_a) && voxel_tensor_size (b, &size_b));
  g_assert_cmpuint (at_a + size_a, <=, plan->arena.size);
  return at_a < at_b + size_b && at_b < at_a + size_a;
}

static gboolean
may_share (const VoxelGraph *graph, const VoxelTensor *a, const VoxelTensor *b, const Life *life)
{
  /* A slice and its whole; an operand and what overwrites it in its last step. */
  if ((a->joint == b && !a->in_place) || (b->joint == a && !b->in_place))
    return TRUE;
  return (a->in_place && life[b->id].last == life[a->id].first) ||
         (b->in_place && life[a->id].last == life[b->id].first);
}

/* What a step puts aside overlaps nothing that is alive then. */
static void
check_scratch (const VoxelPlan *plan, const Life *life)
{
  for (guint i = 0; i < plan->steps->len; i++) {
    const VoxelStep *step = voxel_plan_get_step (plan, i);
    gsize begin = plan->arena.scratch[step->position], end = begin + step->scratch, size = 0;

    g_assert_true (plan->graph->nodes->pdata[step->position] == step->node);
    g_assert_cmpuint (begin % VOXEL_ARENA_ALIGNMENT, ==, 0);
    g_assert_cmpuint (end, <=, plan->arena.size);
    for (guint t = 0; t < plan->graph->tensors->len; t++) {
      const VoxelTensor *root = voxel_tensor_root (plan->graph->tensors->pdata[t]);

      if (life[t].first == G_MAXUINT || life[t].first > step->position || life[t].last < step->position)
        continue;
      g_assert_true (voxel_tensor_size (root, &size));
      g_assert_true (end <= plan->arena.offset[root->id] || plan->arena.offset[root->id] + size <= begin);
    }
  }
}

static void
check_arena (const VoxelPlan *plan)
{
  const VoxelGraph *graph = plan->graph;
  g_autofree Life *life = lives (graph);

  check_scratch (plan, life);

  for (guint a = 0; a < graph->tensors->len; a++)
    for (guint b = 0; b < a; b++) {
      const VoxelTensor *x = graph->tensors->pdata[a], *y = graph->tensors->pdata[b];

      if (life[a].first == G_MAXUINT || life[b].first == G_MAXUINT || life[a].first > life[b].last ||
          life[b].first > life[a].last || may_share (graph, x, y, life))
        continue;
      if (overlap (plan, x, y))
        g_error ("%s and %s live at once and overlap", x->name, y->name);
    }
  for (guint t = 0; t < graph->tensors->len; t++) {
    const VoxelTensor *tensor = graph->tensors->pdata[t];

    if (life[t].first != G_MAXUINT && !tensor->joint)
      g_assert_cmpuint (plan->arena.offset[t] % VOXEL_ARENA_ALIGNMENT, ==, 0);
  }
}

static void
test_arena (void)
{
  VoxelBackend backend = random_layouts ();
  guint joined = 0, in_place = 0, fused = 0, copied = 0;
  gdouble excess = 0;

  for (guint seed = 0; seed < GRAPHS; seed++) {
    g_autoptr (GRand) random = g_rand_new_with_seed (seed);
    const VoxelPlanKey key = {"reference", VOXEL_PRECISION_FP32, 1, 1, 0, 0};
    g_autoptr (VoxelPlan) plan = voxel_plan_new (voxel_random_graph (random, 1), &backend, &key, NULL);

    g_assert_nonnull (plan);
    check_arena (plan);
    g_assert_cmpuint (plan->arena.size, >=, plan->arena.fullest);
    excess += (gdouble) plan->arena.size / plan->arena.fullest - 1;
    for (guint t = 0; t < plan->graph->tensors->len; t++) {
      const VoxelTensor *tensor = plan->graph->tensors->pdata[t];

      joined += tensor->joint && !tensor->in_place;
      in_place += tensor->in_place;
    }
    for (guint n = 0; n < plan->graph->nodes->len; n++) {
      const VoxelNode *node = plan->graph->nodes->pdata[n];

      fused += node->op == &voxel_op_conv2d && node->inputs[VOXEL_CONV2D_SUM];
      copied += node->op == &voxel_op_max_pool2d && node->n_outputs == 2;
    }
  }
  /* The graphs must meet what is to be shown right. */
  g_assert_cmpuint (joined, >, 20);
  g_assert_cmpuint (in_place, >, 20);
  g_assert_cmpuint (fused, >, 5);
  g_test_message ("%u slices, %u in place, %u fused sums, %u copies while pooling", joined, in_place, fused,
                  copied);
  g_assert_cmpfloat (excess / GRAPHS, <, .05);
}

static VoxelTensor *
constant (VoxelGraph *graph, const gchar *key, const VoxelShape *shape, GRand *random)
{
  return voxel_graph_constant (graph, voxel_random_constant (key, shape, random, .2, 1));
}

static VoxelTensor *
append (VoxelGraph *graph, const VoxelOp *op, const gchar *name, gconstpointer attributes,
        VoxelTensor *const *inputs, guint n)
{
  VoxelNode *node = voxel_graph_append (graph, op, name, attributes, inputs, n, NULL);

  g_assert_nonnull (node);
  return node->outputs[0];
}

static VoxelTensor *
normalised (VoxelGraph *graph, VoxelTensor *x, GRand *random)
{
  const VoxelShape shape = VOXEL_SHAPE_1 (x->shape.dim[1]);
  VoxelTensor *inputs[] = {x, constant (graph, "gamma", &shape, random),
                           constant (graph, "beta", &shape, random), constant (graph, "mean", &shape, random),
                           constant (graph, "variance", &shape, random)};

  return append (graph, &voxel_op_batch_norm, "norm", &(VoxelBatchNorm){1e-3}, inputs, 5);
}

/* Convolution of either kind, batch norm and ReLU become one node, that computes the same. */
static void
test_fold (gconstpointer data)
{
  gboolean transposed = GPOINTER_TO_INT (data);
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_autoptr (VoxelGraph) graph = voxel_graph_new ("fold");
  const VoxelConv2d conv = {{2, 2}, {1, 1}, {1, 1}, 2, VOXEL_ACTIVATION_NONE, 0};
  VoxelTensor *x = voxel_graph_input (graph, &VOXEL_SHAPE_4 (1, 4, 5, 6));
  const VoxelShape shape = transposed ? VOXEL_SHAPE_4 (4, 3, 3, 3) : VOXEL_SHAPE_4 (6, 2, 3, 3);
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {x, constant (graph, "w", &shape, random),
                                              constant (graph, "b", &VOXEL_SHAPE_1 (6), random)};
  g_autofree gfloat *input = random_input (graph, random);
  g_autofree gfloat *expected = NULL, *result = NULL;
  gsize n = 0;

  x = append (graph, transposed ? &voxel_op_conv_transpose2d : &voxel_op_conv2d, "conv", &conv, inputs,
              VOXEL_CONV2D_INPUTS);
  x = normalised (graph, x, random);
  graph->output = append (graph, &voxel_op_relu, "relu", NULL, &x, 1);
  expected = fixture_interpret (graph, input);
  voxel_pass_fold_batch_norm (graph);
  g_assert_cmpuint (graph->nodes->len, ==, 2);
  voxel_pass_fuse (graph);
  g_assert_cmpuint (graph->nodes->len, ==, 1);
  g_assert_true (voxel_graph_check (graph, NULL));
  result = fixture_interpret (graph, input);
  g_assert_true (voxel_shape_elements (&graph->output->shape, &n));
  g_assert_cmpfloat (largest (expected, n), >, 1);
  g_assert_cmpfloat (fixture_difference (result, expected, n), <, 1e-5);
}

/* A convolution that somebody else reads too keeps its own result. */
static void
test_fold_read_twice (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (6);
  g_autoptr (VoxelGraph) graph = voxel_graph_new ("twice");
  const VoxelConv2d conv = {{1, 1}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};
  VoxelTensor *x = voxel_graph_input (graph, &VOXEL_SHAPE_4 (1, 2, 3, 3));
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {x, constant (graph, "w", &VOXEL_SHAPE_4 (2, 2, 1, 1), random)};
  VoxelTensor *y = append (graph, &voxel_op_conv2d, "conv", &conv, inputs, VOXEL_CONV2D_INPUTS);
  VoxelTensor *z = normalised (graph, y, random);

  graph->output = append (graph, &voxel_op_add, "add", NULL, (VoxelTensor *const[]){y, z}, 2);
  voxel_pass_fold_batch_norm (graph);
  voxel_pass_fuse (graph);
  g_assert_cmpuint (graph->nodes->len, ==, 3);
}

/* What no backend operator takes is said before anything runs, by name. */
static void
test_no_kernel (void)
{
  static const VoxelKernel *const none[] = {NULL};
  const VoxelBackend backend = {"bare", voxel_backend_reference.probe, voxel_backend_reference.fastest, NULL,
                                none};
  const VoxelPlanKey key = {"bare", VOXEL_PRECISION_FP32, 1, 1, 0, 0};
  VoxelGraph *graph = voxel_graph_new ("bare");
  VoxelTensor *x = voxel_graph_input (graph, &VOXEL_SHAPE_4 (1, 1, 2, 2));
  g_autoptr (GError) error = NULL;

  graph->output = append (graph, &voxel_op_sigmoid, "last", NULL, &x, 1);
  g_assert_null (voxel_plan_new (graph, &backend, &key, &error));
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "last"));
  g_assert_nonnull (strstr (error->message, "sigmoid"));
  g_assert_nonnull (strstr (error->message, "bare"));
}

/* Three pictures of 512 bytes are alive at most, as long as none takes over the memory of another, which is what
 * happens; the scratchpad comes to it. */
static void
test_lower_bound (void)
{
  VoxelGraph *graph = voxel_graph_new ("bound");
  const VoxelPlanKey key = {"reference", VOXEL_PRECISION_FP32, 1, 1, 0, 0};
  VoxelTensor *x = voxel_graph_input (graph, &VOXEL_SHAPE_4 (1, 2, 8, 8));
  VoxelTensor *y = append (graph, &voxel_op_sigmoid, "first", NULL, &x, 1);
  VoxelTensor *z = append (graph, &voxel_op_sigmoid, "second", NULL, &y, 1);
  g_autoptr (VoxelPlan) plan = NULL;

  graph->output = append (graph, &voxel_op_add, "sum", NULL, (VoxelTensor *const[]){x, z}, 2);
  plan = voxel_plan_new (graph, &voxel_backend_reference, &key, NULL);
  g_assert_nonnull (plan);
  g_assert_true (z->in_place);
  g_assert_cmpuint (voxel_plan_get_scratch_size (plan), >=, 3 * 512);
  g_assert_cmpuint (voxel_plan_get_arena_lower_bound (plan), ==,
                    3 * 512 + voxel_plan_get_step (plan, 2)->scratch);
  g_assert_cmpuint (voxel_plan_get_arena_size (plan), ==, 3 * 512 + voxel_plan_get_step (plan, 2)->scratch);
}

/* A skip of few channels that waits for many: they get no room before they are there. */
static void
test_loosen (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  VoxelGraph *graph = voxel_graph_new ("loosen");
  const VoxelPlanKey key = {"reference", VOXEL_PRECISION_FP32, 1, 1, 0, 0};
  const VoxelConv2d conv = {{1, 1}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};
  VoxelTensor *x = voxel_graph_input (graph, &VOXEL_SHAPE_4 (1, 2, 16, 16)), *skip, *many;
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {x, constant (graph, "w1", &VOXEL_SHAPE_4 (4, 2, 1, 1), random)};
  g_autoptr (VoxelPlan) plan = NULL;

  skip = append (graph, &voxel_op_conv2d, "skip", &conv, inputs, VOXEL_CONV2D_INPUTS);
  inputs[0] = x;
  inputs[1] = constant (graph, "w2", &VOXEL_SHAPE_4 (64, 2, 1, 1), random);
  many = append (graph, &voxel_op_conv2d, "wide", &conv, inputs, VOXEL_CONV2D_INPUTS);
  inputs[0] = many;
  inputs[1] = constant (graph, "w3", &VOXEL_SHAPE_4 (64, 64, 1, 1), random);
  many = append (graph, &voxel_op_conv2d, "between", &conv, inputs, VOXEL_CONV2D_INPUTS);
  inputs[0] = many;
  many = append (graph, &voxel_op_conv2d, "many", &conv, inputs, VOXEL_CONV2D_INPUTS);
  x = append (graph, &voxel_op_concat, "concat", NULL, (VoxelTensor *const[]){skip, many}, 2);
  inputs[0] = x;
  inputs[1] = constant (graph, "w4", &VOXEL_SHAPE_4 (1, 68, 1, 1), random);
  graph->output = append (graph, &voxel_op_conv2d, "head", &conv, inputs, VOXEL_CONV2D_INPUTS);
  plan = voxel_plan_new (graph, &voxel_backend_reference, &key, NULL);
  g_assert_nonnull (plan);
  g_assert_true (many->joint == x);
  g_assert_null (skip->joint);
  check_arena (plan);
}

static void
test_shapes (void)
{
  g_autoptr (VoxelGraph) graph = voxel_graph_new ("shapes");
  VoxelTensor *x = voxel_graph_input (graph, &VOXEL_SHAPE_4 (1, 3, 4, 4));
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {x, constant (graph, "w", &VOXEL_SHAPE_4 (2, 4, 1, 1), random)};
  const VoxelConv2d conv = {{1, 1}, {0, 0}, {1, 1}, 1, VOXEL_ACTIVATION_NONE, 0};
  const VoxelMaxPool2d pool = {{5, 5}, {1, 1}, {0, 0}, FALSE};
  g_autoptr (GError) error = NULL;

  g_assert_null (
      voxel_graph_append (graph, &voxel_op_conv2d, "conv", &conv, inputs, VOXEL_CONV2D_INPUTS, &error));
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (voxel_graph_append (graph, &voxel_op_max_pool2d, "pool", &pool, &x, 1, &error));
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_false (voxel_graph_check (graph, &error));
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
}

int
main (int argc, char **argv)
{
  static VoxelBackend layouts;

  g_test_init (&argc, &argv, NULL);
  layouts = random_layouts ();
  g_test_add_func ("/passes/shapes", test_shapes);
  g_test_add_data_func ("/passes/fold/conv2d", GINT_TO_POINTER (FALSE), test_fold);
  g_test_add_data_func ("/passes/fold/conv-transpose2d", GINT_TO_POINTER (TRUE), test_fold);
  g_test_add_func ("/passes/fold/read-twice", test_fold_read_twice);
  g_test_add_func ("/passes/no-kernel", test_no_kernel);
  g_test_add_data_func ("/passes/random-graphs/row-major", &voxel_backend_reference, test_values);
  g_test_add_data_func ("/passes/random-graphs/layouts", &layouts, test_values);
  g_test_add_func ("/passes/arena", test_arena);
  g_test_add_func ("/passes/loosen", test_loosen);
  g_test_add_func ("/passes/lower-bound", test_lower_bound);
  return g_test_run ();
}
