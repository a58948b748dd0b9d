/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "fixture-json.h"
#include "fixture-network.h"
#include "models/graph/reach.h"
#include "models/plan-private.h"
#include "models/random.h"
#include "models/run.h"

/* Whole architectures against PyTorch. Their weights are a formula of name and place that networks/__init__.py
 * has too; fixtures hold what comes out. */

typedef struct {
  const FixtureNetwork *network;
  const VoxelBackend *backend;
  VoxelPrecision precision;
} Case;

static void
draw (const gchar *name, gdouble low, gdouble high, gfloat *values, gsize n)
{
  VoxelRandom random;

  voxel_random_init (&random, 0, voxel_random_stream (name), 0);
  for (gsize i = 0; i < n; i++)
    values[i] = (gfloat) voxel_random_uniform (&random, low, high);
}

static gboolean
evaluate (const VoxelConstant *constant, gfloat *values, GError **error)
{
  const VoxelShape *shape = &constant->shape;
  gsize n = 0;
  gdouble bound;

  g_assert_true (voxel_shape_elements (shape, &n));
  bound = sqrt (3. / (gdouble) (n / shape->dim[0]));
  if (shape->n > 1)
    draw (constant->key, -bound, bound, values, n);
  else if (g_str_has_suffix (constant->key, ".weight") || g_str_has_suffix (constant->key, ".running_var"))
    draw (constant->key, .5, 1.5, values, n);
  else
    draw (constant->key, -.2, .2, values, n);
  return TRUE;
}

/* Refuses what PyTorch has not, in name or shape. */
static VoxelConstant *
find (gpointer data, const gchar *name, const VoxelShape *shape, const VoxelInitial *initial, GError **error)
{
  const FixtureNetwork *network = data;
  const VoxelJson *expected = voxel_json_get (voxel_json_get (network->about, "tensors"), name);

  if (!expected)
    g_error ("PyTorch has no tensor %s", name);
  g_assert_cmpuint (voxel_json_length (expected), ==, shape->n);
  for (guint i = 0; i < shape->n; i++)
    g_assert_cmpint (voxel_json_nth (expected, i)->integer, ==, shape->dim[i]);
  return voxel_constant_new (name, shape, evaluate, NULL, NULL);
}

static VoxelGraph *
build (const FixtureNetwork *network, guint height, guint width, VoxelBuilder *builder)
{
  VoxelGraph *graph = voxel_graph_new (network->name);
  VoxelTensor *input =
      voxel_graph_input (graph, &VOXEL_SHAPE_4 (1, network->info.in_channels, height, width));
  g_autoptr (GError) error = NULL;

  voxel_builder_init (builder, graph, find, (gpointer) network);
  VoxelTensor *output =
      network->architecture->build (voxel_json_get (network->about, "config"), builder, input);
  voxel_builder_finish (builder, output, &error);
  g_assert_no_error (error);
  return graph;
}

static VoxelGraph *
build_whole (const FixtureNetwork *network)
{
  VoxelBuilder builder;
  VoxelGraph *graph = build (network, fixture_json_uint (network->about, "height"),
                             fixture_json_uint (network->about, "width"), &builder);

  voxel_builder_clear (&builder);
  return graph;
}

/* Every tensor that PyTorch has is asked for, parameters are as many, and the smallest picture that the stride
 * allows is taken. */
static void
test_facts (gconstpointer data)
{
  const FixtureNetwork *network = data;
  VoxelBuilder builder;
  g_autoptr (VoxelGraph) graph = build (network, network->info.stride, network->info.stride, &builder);
  const VoxelJson *tensors = voxel_json_get (network->about, "tensors");

  g_assert_cmpuint (voxel_json_length (tensors), >, 50);
  for (guint i = 0; i < voxel_json_length (tensors); i++)
    if (!g_hash_table_contains (builder.used, voxel_json_nth (tensors, i)->name))
      g_error ("nobody asks for %s", voxel_json_nth (tensors, i)->name);
  g_assert_cmpuint (builder.parameters, ==, fixture_json_uint (network->about, "parameters"));
  g_assert_true (
      voxel_shape_equal (&graph->output->shape, &VOXEL_SHAPE_4 (1, network->info.out_channels,
                                                                network->info.stride, network->info.stride)));
  g_assert_cmpuint (voxel_graph_reach (graph), >, network->info.stride);
  voxel_builder_clear (&builder);
}

static gdouble
value (const VoxelTensorView *tensor, gsize i)
{
  gdouble number;

  memcpy (&number, tensor->data + i * sizeof number, sizeof number);
  return number;
}

/* How much finer than bf16 its values are rounded: by 3 bits. */
static gdouble
fineness (VoxelPrecision precision)
{
  return precision == VOXEL_PRECISION_BF16 ? 1 : 8;
}

static void
check_values (const Case *c, VoxelPlan *plan, const gfloat *result)
{
  const VoxelTensorView *output = voxel_safetensors_find (c->network->file, "output");
  const VoxelTensorView *torch = voxel_safetensors_find (c->network->file, "torch_errors");
  gsize n = output->size / sizeof (gdouble);
  gdouble most = 0, sum = 0, low = INFINITY, high = -INFINITY;

  for (gsize i = 0; i < n; i++) {
    gdouble expected = value (output, i), error = fabs (result[i] - expected);

    most = error <= most ? most : error;
    sum += error;
    low = MIN (low, expected);
    high = MAX (high, expected);
  }
  g_test_message (
      "largest error %g (%.2f of PyTorch's fp32), mean %g (%.2f of PyTorch's bf16), values %g to %g", most,
      most / value (torch, 0), sum / (gdouble) n, sum / (gdouble) n / value (torch, 1), low, high);
  g_assert_cmpfloat (high - low, >, .1);
  if (c->precision == VOXEL_PRECISION_FP32)
    g_assert_cmpfloat (most, <=, FIXTURE_ALLOWED_RATIO * value (torch, 0));
  else
    g_assert_cmpfloat (sum / (gdouble) n, <=, 1.15 * value (torch, 1) / fineness (c->precision));
}

static void
test_output (gconstpointer data)
{
  const Case *c = data;
  const VoxelPlanKey key = {c->backend->name, c->precision, 2, 1, 0, 0};
  g_autoptr (GError) error = NULL;
  VoxelGraph *graph = build_whole (c->network);
  gsize n = 0;

  g_assert_true (voxel_shape_elements (&graph->input->shape, &n));
  g_autoptr (VoxelPlan) plan = voxel_plan_new (graph, c->backend, &key, &error);
  g_assert_no_error (error);
  g_autoptr (VoxelRun) run = voxel_run_new (plan, &error);
  g_assert_no_error (error);
  draw ("input", -2, 2, voxel_run_get_input (run), n);
  for (guint repeat = 0; repeat < 2; repeat++) {
    voxel_run_execute (run, NULL, &error);
    g_assert_no_error (error);
    check_values (c, plan, voxel_run_get_output (run));
  }
  for (guint i = 0; i < voxel_plan_get_steps (plan); i++)
    g_assert_false (g_str_has_prefix (voxel_plan_get_step_implementation (plan, i), "ref:"));
}

/* A tile of 512 takes at most 1.3 times what its fullest step needs while no two pictures share memory. */
static void
test_memory (gconstpointer data)
{
  const Case *c = data;

  for (guint threads = 1; threads <= 2; threads++) {
    const VoxelPlanKey key = {c->backend->name, c->precision, threads, 1, 512, 512};
    VoxelBuilder builder;
    g_autoptr (GError) error = NULL;
    g_autoptr (VoxelPlan) plan =
        voxel_plan_new_measured (build (c->network, 512, 512, &builder), c->backend, &key, &error);

    g_assert_no_error (error);
    voxel_builder_clear (&builder);
    g_test_message ("%u threads: %.3f of the lower bound", threads,
                    (gdouble) voxel_plan_get_arena_size (plan) /
                        (gdouble) voxel_plan_get_arena_lower_bound (plan));
    g_assert_cmpuint (voxel_plan_get_arena_size (plan), <=,
                      voxel_plan_get_arena_lower_bound (plan) * 13 / 10);
    g_assert_cmpuint (plan->arena.size, <=, plan->arena.fullest * 105 / 100);
  }
}

/* Naive loops take seconds for the others; of each kind of layer one network is enough. */
static gboolean
small (const FixtureNetwork *network)
{
  static const gchar *const names[] = {"attention-unet-transposed", "attention-unet-bilinear",
                                       "smp-unet-resnet18-scse",    "smp-unet-se-resnext50-scse",
                                       "smp-unet-mit-b0-scse",      NULL};

  return g_strv_contains (names, network->name);
}

/* Those of this build, or CUDA's alone, which the environment lends a device. */
static const VoxelBackend *const *
tested (gboolean cuda)
{
  static const VoxelBackend *const only[] = {&voxel_backend_cuda, NULL};

  return cuda ? only : voxel_backends ();
}

static void
add_network (const FixtureNetwork *network, const VoxelBackend *const *backends)
{
  const VoxelPrecision precisions[] = {VOXEL_PRECISION_FP32, VOXEL_PRECISION_BF16, VOXEL_PRECISION_FP16,
                                       VOXEL_PRECISION_TF32};
  g_autofree gchar *facts = g_strdup_printf ("/networks/%s/facts", network->name);

  g_test_add_data_func (facts, network, test_facts);
  for (guint b = 0; backends[b]; b++)
    for (guint p = 0; p < G_N_ELEMENTS (precisions); p++) {
      const Case c = {network, backends[b], precisions[p]};
      g_autofree gchar *path = g_strdup_printf ("/networks/%s/%s/%s", network->name, c.backend->name,
                                                voxel_precision_to_name (c.precision));
      g_autofree gchar *memory = g_strconcat (path, "/memory", NULL);

      if (!c.backend->probe (c.precision, NULL))
        continue;
      if (c.backend == &voxel_backend_cpu)
        g_test_add_data_func_full (memory, g_memdup2 (&c, sizeof c), test_memory, g_free);
      if (c.backend == &voxel_backend_cpu || small (network) ||
          (c.backend == &voxel_backend_cuda && g_test_slow ()))
        g_test_add_data_func_full (path, g_memdup2 (&c, sizeof c), test_output, g_free);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) networks = NULL;

  g_test_init (&argc, &argv, NULL);
  networks = fixture_networks ();
  for (guint i = 0; i < networks->len; i++)
    add_network (networks->pdata[i], tested (argc > 1 && g_str_equal (argv[1], "cuda")));
  return g_test_run ();
}
