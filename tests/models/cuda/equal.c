/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "models/graph/passes.h"
#include "models/selftest/interpret.h"
#include "models/selftest/selftest-private.h"

/* The CUDA backend computes the graph that the CPU does: every architecture, one picture and several, and operator by
 * operator. On the stand-ins for a device and for cuDNN. */

static gfloat *
compute (VoxelGraph *graph, const VoxelBackend *backend, VoxelPrecision precision, const gfloat *input)
{
  const VoxelPlanKey key = {.backend = backend->name, .precision = precision, .threads = 2};
  g_autoptr (GError) error = NULL;
  gfloat *result = voxel_interpret_plan (graph, backend, &key, input, &error);

  g_assert_no_error (error);
  return result;
}

static VoxelGraph *
build (VoxelSelftestNetwork *network, guint n, gboolean rounded)
{
  g_autoptr (GError) error = NULL;
  VoxelGraph *graph =
      voxel_selftest_network_build (network, n, voxel_selftest_network_least (network), rounded, &error);

  g_assert_no_error (error);
  return graph;
}

/* Statistics of batch norms are those of a picture, so that every layer has something to say. */
static void
begin (VoxelSelftestNetwork *network)
{
  g_autoptr (GError) error = NULL;
  G_GNUC_UNUSED g_autofree gfloat *unused =
      voxel_selftest_network_calibrate (network, voxel_selftest_network_least (network), &error);

  g_assert_no_error (error);
}

#define PICTURES 3

/**
 * Pictures:
 * @in: elements of one
 * @out: of what it becomes
 * @expected: by the CPU, one by one
 * @rounded: mean difference that rounded weights make
 */
typedef struct {
  gsize in, out;
  gfloat *input, *expected;
  gdouble rounded;
} Pictures;

static void
expect (VoxelSelftestNetwork *network, Pictures *pictures)
{
  guint side = voxel_selftest_network_least (network);
  g_autofree gfloat *rounded = NULL;
  gdouble largest;

  pictures->in = (gsize) network->channels * side * side;
  pictures->out = (gsize) network->results * side * side;
  pictures->input = voxel_selftest_network_input (network, PICTURES, side);
  pictures->expected = g_new (gfloat, PICTURES * pictures->out);
  for (guint i = 0; i < PICTURES; i++) {
    g_autofree gfloat *one = compute (build (network, 1, FALSE), &voxel_backend_cpu, VOXEL_PRECISION_FP32,
                                      pictures->input + i * pictures->in);

    memcpy (pictures->expected + i * pictures->out, one, pictures->out * sizeof *one);
  }
  rounded = compute (build (network, 1, TRUE), &voxel_backend_cpu, VOXEL_PRECISION_FP32, pictures->input);
  voxel_selftest_differ (rounded, pictures->expected, pictures->out, &pictures->rounded, &largest);
  g_assert_cmpfloat (pictures->rounded, >, 0);
}

static void
check (VoxelSelftestNetwork *network, const Pictures *pictures, guint n, VoxelPrecision precision)
{
  VoxelSelftestResult bounds = {.precision = precision};
  g_autofree gfloat *result =
      compute (build (network, n, FALSE), &voxel_backend_cuda, precision, pictures->input);
  gdouble mean, largest;

  voxel_selftest_network_bounds (&bounds, pictures->rounded);
  voxel_selftest_differ (result, pictures->expected, n * pictures->out, &mean, &largest);
  g_test_message ("%s, %u pictures: mean %.3g of %.3g, largest %.3g of %.3g",
                  voxel_precision_to_name (precision), n, mean, bounds.mean_bound, largest,
                  bounds.largest_bound);
  g_assert_cmpfloat (mean, <=, bounds.mean_bound);
  g_assert_cmpfloat (largest, <=, bounds.largest_bound);
}

static void
test_network (gconstpointer data)
{
  static const VoxelPrecision precisions[] = {VOXEL_PRECISION_FP32, VOXEL_PRECISION_TF32,
                                              VOXEL_PRECISION_FP16, VOXEL_PRECISION_BF16};
  VoxelSelftestNetwork *network = (gpointer) data;
  Pictures pictures;

  begin (network);
  expect (network, &pictures);
  check (network, &pictures, 1, VOXEL_PRECISION_FP32);
  for (guint i = 0; i < G_N_ELEMENTS (precisions); i++)
    check (network, &pictures, PICTURES, precisions[i]);
  g_free (pictures.input);
  g_free (pictures.expected);
  voxel_selftest_network_forget (network);
}

static void
keep_inputs (const VoxelNode *node, gfloat *const *inputs, gpointer values)
{
  for (guint i = 0; i < node->n_inputs; i++) {
    const VoxelTensor *tensor = node->inputs[i];
    gsize n = 0;

    if (!tensor || !inputs[i] || g_hash_table_contains (values, GUINT_TO_POINTER (tensor->id)))
      continue;
    g_assert_true (voxel_shape_elements (&tensor->shape, &n));
    g_hash_table_insert (values, GUINT_TO_POINTER (tensor->id), g_memdup2 (inputs[i], n * sizeof (gfloat)));
  }
}

static gdouble
largest_of (const gfloat *values, gsize n)
{
  gdouble most = 0;

  for (gsize i = 0; i < n; i++)
    most = MAX (most, fabs ((gdouble) values[i]));
  return most;
}

/* The graph is cut behind each of its nodes in turn, whose result is held to sums in double of the graph as it was built.
 * Roundings of sums of a hundred products of floats, one after the other. */
static void
test_steps (gconstpointer data)
{
  VoxelSelftestNetwork *network = (gpointer) data;
  g_autoptr (GHashTable) values = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_autoptr (VoxelGraph) whole = NULL;
  g_autofree gfloat *input = NULL, *output = NULL;
  gdouble worst = 0;

  begin (network);
  input = voxel_selftest_network_input (network, 1, voxel_selftest_network_least (network));
  whole = build (network, 1, FALSE);
  output = voxel_interpret (whole, input, keep_inputs, values, NULL);
  for (guint i = 0; i < whole->nodes->len; i++) {
    VoxelGraph *graph = build (network, 1, FALSE);
    const VoxelNode *node = graph->nodes->pdata[i];
    const gfloat *expected = g_hash_table_lookup (values, GUINT_TO_POINTER (node->outputs[0]->id));
    g_autofree gfloat *result = NULL;
    gdouble mean, largest;
    gsize n = 0;

    g_assert_true (voxel_shape_elements (&node->outputs[0]->shape, &n));
    graph->output = node->outputs[0];
    voxel_pass_prune (graph);
    result = compute (graph, &voxel_backend_cuda, VOXEL_PRECISION_FP32, input);
    expected = expected ? expected : output;
    voxel_selftest_differ (result, expected, n, &mean, &largest);
    worst = MAX (worst, largest / largest_of (expected, n));
    if (!(largest <= 2e-5 * largest_of (expected, n)))
      g_error ("%s (%s): %g off, values to %g", node->name, node->op->name, largest,
               largest_of (expected, n));
  }
  g_test_message ("%u nodes, at most %g of the largest value off", whole->nodes->len, worst);
  voxel_selftest_network_forget (network);
}

/* With layers of every kind; the others take minutes. */
static gboolean
is_quick (const VoxelSelftestNetwork *network)
{
  static const gchar *const names[] = {"attention-unet", "smp-unet mit_b0", "smp-unet se_resnext50_32x4d",
                                       NULL};

  return g_strv_contains (names, network->name);
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) networks = NULL;

  g_test_init (&argc, &argv, NULL);
  networks = voxel_selftest_network_all ();
  for (guint i = 0; i < networks->len; i++) {
    const VoxelSelftestNetwork *network = networks->pdata[i];
    g_autofree gchar *whole = g_strdup_printf ("/cuda/equal/%s/whole", network->name);
    g_autofree gchar *steps = g_strdup_printf ("/cuda/equal/%s/steps", network->name);

    if (is_quick (network) || g_test_slow ())
      g_test_add_data_func (whole, network, test_network);
    if (g_str_equal (network->name, "attention-unet") || g_test_slow ())
      g_test_add_data_func (steps, network, test_steps);
  }
  return g_test_run ();
}
