/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* conv-time [OPTIONS] [NAME]...: times convolutions as steps of a plan, those whose name holds one of NAME, beside
 * what the multipliers and memcpy can do in the same moments: all take turns, best turn counts. One line a case:
 * name, milliseconds, GFLOP/s, the peak's GFLOP/s, milliseconds to copy the output's bytes, implementation. */

#include <stdio.h>
#include <string.h>

#include "models/executor.h"
#include "models/ops/ops.h"
#include "models/plan-private.h"
#include "models/run.h"
#include "peak.h"

typedef struct {
  const gchar *name;
  guint inputs, outputs, groups;
  guint height, width;
  guint kernel, stride;
  VoxelActivation activation;
  gboolean sum;
} Case;

typedef struct {
  gint threads;
  gchar *precision;
  gboolean json;
  gdouble seconds;
  gchar **names;
} Options;

/* Times that a turn runs a convolution. */
#define TIMES 10

#define RELU VOXEL_ACTIVATION_RELU
#define GELU VOXEL_ACTIVATION_GELU
#define NONE VOXEL_ACTIVATION_NONE

/* Layers of ResNet-34, ResNeXt-50 32x4d, their decoders and MiT-B2 on pictures of 512x512 and 480x544. */
static const Case cases[] = {
    {"grouped 3x3 128/32 @128x128", 128, 128, 32, 128, 128, 3, 1, RELU, FALSE},
    {"grouped 3x3 256/32 @64x64", 256, 256, 32, 64, 64, 3, 1, RELU, FALSE},
    {"grouped 3x3 512/32 @32x32", 512, 512, 32, 32, 32, 3, 1, RELU, FALSE},
    {"grouped 3x3 1024/32 @16x16", 1024, 1024, 32, 16, 16, 3, 1, RELU, FALSE},
    {"grouped 3x3 256/32 @128x128 stride 2", 256, 256, 32, 128, 128, 3, 2, RELU, FALSE},
    {"grouped 3x3 512/32 @64x64 stride 2", 512, 512, 32, 64, 64, 3, 2, RELU, FALSE},
    {"grouped 3x3 1024/32 @32x32 stride 2", 1024, 1024, 32, 32, 32, 3, 2, RELU, FALSE},
    {"grouped 3x3 128/32 @120x136", 128, 128, 32, 120, 136, 3, 1, RELU, FALSE},
    {"grouped 3x3 256/32 @60x68", 256, 256, 32, 60, 68, 3, 1, RELU, FALSE},
    {"grouped 3x3 512/32 @30x34", 512, 512, 32, 30, 34, 3, 1, RELU, FALSE},
    {"grouped 3x3 1024/32 @15x17", 1024, 1024, 32, 15, 17, 3, 1, RELU, FALSE},
    {"grouped 3x3 512/32 @60x68 stride 2", 512, 512, 32, 60, 68, 3, 2, RELU, FALSE},
    {"depthwise 3x3 256 @128x128", 256, 256, 256, 128, 128, 3, 1, NONE, FALSE},
    {"depthwise 3x3 256 @128x128 gelu", 256, 256, 256, 128, 128, 3, 1, GELU, FALSE},
    {"depthwise 3x3 512 @64x64 gelu", 512, 512, 512, 64, 64, 3, 1, GELU, FALSE},
    {"depthwise 3x3 1280 @32x32 gelu", 1280, 1280, 1280, 32, 32, 3, 1, GELU, FALSE},
    {"depthwise 3x3 2048 @16x16 gelu", 2048, 2048, 2048, 16, 16, 3, 1, GELU, FALSE},
    {"depthwise 7x7 256 @64x64", 256, 256, 256, 64, 64, 7, 1, NONE, FALSE},
    {"1x1 64-256 @128x128 sum", 64, 256, 1, 128, 128, 1, 1, RELU, TRUE},
    {"1x1 256-64 @128x128", 256, 64, 1, 128, 128, 1, 1, RELU, FALSE},
    {"1x1 256-512 @128x128 stride 2", 256, 512, 1, 128, 128, 1, 2, NONE, FALSE},
    {"1x1 1024-512 @32x32", 1024, 512, 1, 32, 32, 1, 1, RELU, FALSE},
    {"1x1 1024-2048 @16x16 sum", 1024, 2048, 1, 16, 16, 1, 1, RELU, TRUE},
    {"1x1 64-256 @128x128 mit", 64, 256, 1, 128, 128, 1, 1, NONE, FALSE},
    {"1x1 320-1280 @32x32 mit", 320, 1280, 1, 32, 32, 1, 1, NONE, FALSE},
    {"1x1 16-1 @512x512", 16, 1, 1, 512, 512, 1, 1, NONE, FALSE},
    {"3x3 64-64 @128x128", 64, 64, 1, 128, 128, 3, 1, RELU, FALSE},
    {"3x3 64-64 @128x128 sum", 64, 64, 1, 128, 128, 3, 1, RELU, TRUE},
    {"3x3 128-128 @64x64", 128, 128, 1, 64, 64, 3, 1, RELU, FALSE},
    {"3x3 256-256 @32x32", 256, 256, 1, 32, 32, 3, 1, RELU, FALSE},
    {"3x3 512-512 @16x16", 512, 512, 1, 16, 16, 3, 1, RELU, FALSE},
    {"3x3 64-128 @128x128 stride 2", 64, 128, 1, 128, 128, 3, 2, RELU, FALSE},
    {"3x3 256-512 @32x32 stride 2", 256, 512, 1, 32, 32, 3, 2, RELU, FALSE},
    {"3x3 3072-256 @32x32", 3072, 256, 1, 32, 32, 3, 1, RELU, FALSE},
    {"3x3 768-128 @64x64", 768, 128, 1, 64, 64, 3, 1, RELU, FALSE},
    {"3x3 128-32 @256x256", 128, 32, 1, 256, 256, 3, 1, RELU, FALSE},
    {"3x3 32-16 @512x512", 32, 16, 1, 512, 512, 3, 1, RELU, FALSE},
    {"3x3 16-16 @512x512", 16, 16, 1, 512, 512, 3, 1, RELU, FALSE},
    {"3x3 16-1 @512x512", 16, 1, 1, 512, 512, 3, 1, NONE, FALSE},
    {"7x7 1-64 @512x512 stride 2", 1, 64, 1, 512, 512, 7, 2, RELU, FALSE},
    {"7x7 3-64 @512x512 stride 2", 3, 64, 1, 512, 512, 7, 2, RELU, FALSE},
    {"7x7 3-64 @512x512 stride 4", 3, 64, 1, 512, 512, 7, 4, NONE, FALSE},
    {"8x8 64-64 @128x128 stride 8", 64, 64, 1, 128, 128, 8, 8, NONE, FALSE},
};

static VoxelTensor *
random_constant (VoxelGraph *graph, GRand *random, const gchar *key, const VoxelShape *shape)
{
  g_autofree gfloat *values = NULL;
  gsize n = 0;

  voxel_shape_elements (shape, &n);
  values = g_new (gfloat, n);
  for (gsize i = 0; i < n; i++)
    values[i] = (gfloat) g_rand_double_range (random, -.1, .1);
  return voxel_graph_constant (graph, voxel_constant_new_values (key, shape, values));
}

/* The same @times; the last one's result. */
static VoxelTensor *
convolve (VoxelGraph *graph, GRand *random, const Case *c, const gchar *name, VoxelTensor *sum, guint times,
          GError **error)
{
  g_autofree gchar *bias = g_strconcat (name, ".bias", NULL);
  guint padding = c->kernel % 2 ? c->kernel / 2 : 0;
  const VoxelConv2d conv = {.stride = {c->stride, c->stride},
                            .padding = {padding, padding},
                            .dilation = {1, 1},
                            .groups = c->groups,
                            .activation = c->activation};
  VoxelTensor *inputs[VOXEL_CONV2D_INPUTS] = {graph->input};
  VoxelNode *node = NULL;

  inputs[VOXEL_CONV2D_WEIGHT] = random_constant (
      graph, random, name, &VOXEL_SHAPE_4 (c->outputs, c->inputs / c->groups, c->kernel, c->kernel));
  inputs[VOXEL_CONV2D_BIAS] = random_constant (graph, random, bias, &VOXEL_SHAPE_1 (c->outputs));
  inputs[VOXEL_CONV2D_SUM] = sum;
  for (guint i = 0; i < times; i++) {
    node = voxel_graph_append (graph, &voxel_op_conv2d, name, &conv, inputs, VOXEL_CONV2D_INPUTS, error);
    if (!node)
      return NULL;
  }
  return node->outputs[0];
}

/* What follows the convolution reads little of it, but the convolution's result is of the plan's type. */
static VoxelGraph *
make_graph (const Case *c, GRand *random, GError **error)
{
  static const VoxelMaxPool2d pool = {{1, 1}, {8, 8}, {0, 0}, FALSE};
  g_autoptr (VoxelGraph) graph = voxel_graph_new (c->name);
  VoxelTensor *sum = NULL, *result;
  VoxelNode *node;

  voxel_graph_input (graph, &VOXEL_SHAPE_4 (1, c->inputs, c->height, c->width));
  if (c->sum) {
    Case other = *c;

    other.kernel = 1;
    other.sum = FALSE;
    sum = convolve (graph, random, &other, "sum", NULL, 1, error);
    if (!sum)
      return NULL;
  }
  result = convolve (graph, random, c, "conv", sum, TIMES, error);
  node = result ? voxel_graph_append (graph, &voxel_op_max_pool2d, "end", &pool, &result, 1, error) : NULL;
  if (!node)
    return NULL;
  graph->output = node->outputs[0];
  return g_steal_pointer (&graph);
}

static VoxelPlan *
make_plan (const Case *c, VoxelPrecision precision, guint threads, GError **error)
{
  const VoxelPlanKey key = {"cpu", precision, threads, 1, c->height, c->width};
  const VoxelBackend *backend = voxel_backend_find ("cpu", precision, error);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  VoxelGraph *graph = backend ? make_graph (c, random, error) : NULL;

  return graph ? voxel_plan_new (graph, backend, &key, error) : NULL;
}

typedef struct {
  gboolean pairs;
  gchar *from, *to;
  gsize bytes, tasks;
  VoxelExecutorTask func;
  gdouble ms;
} Limit;

static void
reach_peak (gpointer data, gsize task, guint worker)
{
  const Limit *limit = data;

  voxel_peak_run (limit->pairs);
}

static void
copy_part (gpointer data, gsize task, guint worker)
{
  const Limit *limit = data;
  gsize begin = limit->bytes * task / limit->tasks, end = limit->bytes * (task + 1) / limit->tasks;

  memcpy (limit->to + begin, limit->from + begin, end - begin);
}

static void
time_tasks (gpointer data)
{
  Limit *limit = data;
  gint64 begin = g_get_monotonic_time ();

  voxel_executor_tasks (limit->tasks, limit->func, limit);
  limit->ms = MIN (limit->ms, (g_get_monotonic_time () - begin) * 1e-3);
}

/* The first of TIMES. */
static guint
find_step (VoxelPlan *plan)
{
  guint step = 0;

  while (!g_str_equal (voxel_plan_get_step_name (plan, step), "conv"))
    step++;
  return step;
}

static void
report (const Options *options, const Case *c, VoxelPlan *plan, gdouble ms, const Limit *peak,
        const Limit *copy)
{
  guint step = find_step (plan);
  gdouble gflops = 2e-6 * voxel_plan_get_step_macs (plan, step) / ms;
  gdouble limit = 1e-6 * peak->tasks * voxel_peak_run (peak->pairs) / peak->ms;
  const gchar *implementation = voxel_plan_get_step_implementation (plan, step);

  if (options->json)
    printf ("{\"name\": \"%s\", \"ms\": %.4f, \"gflops\": %.1f, \"peak_gflops\": %.1f, \"copy_ms\": %.4f, "
            "\"implementation\": \"%s\"}\n",
            c->name, ms, gflops, limit, copy->ms, implementation);
  else
    printf ("%-38s %8.3f ms %8.1f GFLOP/s of %7.1f %8.3f ms to copy  %s\n", c->name, ms, gflops, limit,
            copy->ms, implementation);
  fflush (stdout);
}

static gboolean
time_case (const Options *options, const Case *c, VoxelPrecision precision, GError **error)
{
  guint threads = options->threads ? (guint) options->threads : voxel_executor_default_threads ();
  g_autoptr (VoxelPlan) plan = make_plan (c, precision, threads, error);
  g_autoptr (VoxelRun) run = plan ? voxel_run_new (plan, error) : NULL;
  gsize pixels = (gsize) c->height * c->width, elements = pixels / c->stride / c->stride * c->outputs;
  gsize bytes = elements * (precision == VOXEL_PRECISION_BF16 ? 2 : 4);
  g_autofree gchar *from = g_malloc0 (bytes), *to = g_malloc0 (bytes);
  Limit peak = {
      .pairs = precision == VOXEL_PRECISION_BF16, .tasks = 4 * threads, .func = reach_peak, .ms = 1e9};
  Limit copy = {.from = from, .to = to, .bytes = bytes, .tasks = 4 * threads, .func = copy_part, .ms = 1e9};
  g_autofree gint64 *ns = NULL;
  gint64 end = g_get_monotonic_time () + (gint64) (options->seconds * 1e6);
  gdouble ms = 1e9;

  if (!run)
    return FALSE;
  for (gsize i = 0; i < pixels * c->inputs; i++)
    voxel_run_get_input (run)[i] = (gfloat) (i * 7919 % 1024) / 512 - 1;
  ns = g_new0 (gint64, voxel_plan_get_steps (plan));
  for (guint turn = 0; turn < 5 || g_get_monotonic_time () < end; turn++) {
    if (!voxel_run_execute (run, ns, error))
      return FALSE;
    for (guint i = 0; i < TIMES; i++)
      ms = MIN (ms, ns[find_step (plan) + i] * 1e-6);
    voxel_executor_call (threads, time_tasks, &peak);
    voxel_executor_call (threads, time_tasks, &copy);
  }
  report (options, c, plan, ms, &peak, &copy);
  return TRUE;
}

static gboolean
wanted (const Options *options, const gchar *name)
{
  for (guint i = 0; options->names && options->names[i]; i++)
    if (strstr (name, options->names[i]))
      return TRUE;
  return options->names == NULL;
}

static gboolean
time_cases (const Options *options, GError **error)
{
  VoxelPrecision precision = VOXEL_PRECISION_FP32;

  if (options->threads < 0 ||
      (options->precision && !voxel_precision_from_name (options->precision, &precision))) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         "Expected --threads 1 or more and "
                         "--precision fp32 or bf16");
    return FALSE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    if (wanted (options, cases[i].name) && !time_case (options, &cases[i], precision, error))
      return FALSE;
  return TRUE;
}

int
main (int argc, char **argv)
{
  Options options = {.seconds = .3};
  const GOptionEntry entries[] = {
      {"threads", 't', 0, G_OPTION_ARG_INT, &options.threads, "That share a step (default: all cores)", "N"},
      {"precision", 'p', 0, G_OPTION_ARG_STRING, &options.precision, "fp32 (default) or bf16", "NAME"},
      {"seconds", 's', 0, G_OPTION_ARG_DOUBLE, &options.seconds, "Least time of a case (default: .3)", "S"},
      {"json", 'j', 0, G_OPTION_ARG_NONE, &options.json, "An object a line", NULL},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.names, NULL, "[NAME…]"},
      {NULL},
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- times convolutions");
  g_autoptr (GError) error = NULL;
  gboolean done;

  g_option_context_add_main_entries (context, entries, NULL);
  done = g_option_context_parse (context, &argc, &argv, &error) && time_cases (&options, &error);
  if (!done)
    g_printerr ("conv-time: %s\n", error->message);
  g_strfreev (options.names);
  g_free (options.precision);
  return done ? 0 : 1;
}
