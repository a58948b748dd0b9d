/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/selftest/interpret.h"
#include "models/selftest/operator-case.h"
#include "models/selftest/random-graph.h"
#include "models/selftest/selftest-private.h"

/* Single operators, and graphs of some thirty, drawn at random, against sums in double. */

/* What a graph may be off more than a single operator: of thirty some twenty-five follow each other, which adds up as
 * their square root. */
#define GRAPH_FACTOR 5

static gdouble
largest_of (const gfloat *values, gsize n)
{
  gdouble most = 0;

  for (gsize i = 0; i < n; i++)
    most = MAX (most, fabs (values[i]));
  return most;
}

static gfloat *
draw_input (const VoxelShape *shape, GRand *random)
{
  gsize n = 0;
  gfloat *input;

  g_return_val_if_fail (voxel_shape_elements (shape, &n), NULL);
  input = g_new (gfloat, n);
  for (gsize i = 0; i < n; i++)
    input[i] = (gfloat) g_rand_double_range (random, -2, 2);
  return input;
}

/* What was drawn, in words: the shape of the input is what is told apart by. */
static void
fail_case (VoxelSelftestResult *result, const VoxelShape *in, guint seed, gdouble largest)
{
  g_autofree gchar *shape = voxel_shape_to_string (in);

  voxel_selftest_fail (result, "case %u on %s: %.3g off where %.3g is allowed", seed, shape, largest,
                       result->largest_bound);
}

/* Takes the graph. */
static void
compare (VoxelSelftest *test, VoxelGraph *graph, GRand *random, guint seed, VoxelSelftestResult *result)
{
  const VoxelPlanKey key = {test->options->backend->name,
                            result->precision,
                            test->options->threads,
                            graph->input->shape.dim[0],
                            graph->input->shape.dim[2],
                            graph->input->shape.dim[3],
                            result->device};
  const VoxelShape in = graph->input->shape;
  g_autofree gfloat *input = draw_input (&in, random);
  g_autoptr (GError) error = NULL;
  g_autofree gfloat *expected = voxel_interpret (graph, input, NULL, NULL, &error), *values = NULL;
  gdouble mean, largest;
  gsize n = 0;

  g_return_if_fail (expected && voxel_shape_elements (&graph->output->shape, &n));
  result->cases++;
  values = voxel_interpret_plan (graph, test->options->backend, &key, input, &error);
  if (result->group == VOXEL_SELFTEST_OPERATOR &&
      g_error_matches (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED)) {
    result->refused++;
    if (!result->why)
      result->why = g_strdup (error->message);
    return;
  }
  if (!values) {
    voxel_selftest_fail (result, "case %u: %s", seed, error->message);
    return;
  }
  voxel_selftest_differ (values, expected, n, &mean, &largest);
  largest /= MAX (largest_of (expected, n), 1);
  if (largest > result->largest_bound)
    fail_case (result, &in, seed, largest);
  result->largest = MAX (result->largest, largest);
}

/* Pictures at a time: the CPU computes one, devices several. */
static guint
draw_pictures (const VoxelSelftest *test, GRand *random)
{
  return test->options->backend->device ? (guint) g_rand_int_range (random, 1, 4) : 1;
}

static void
test_operator (VoxelSelftest *test, const VoxelOperatorCase *which, VoxelSelftestResult *result)
{
  result->largest_bound = voxel_selftest_operator_bound (result->precision);
  for (guint seed = 0, n = test->options->quick ? 8 : 40; seed < n && !voxel_selftest_stopped (test);
       seed++) {
    g_autoptr (GRand) random = g_rand_new_with_seed (seed);
    guint pictures = draw_pictures (test, random);

    compare (test, voxel_operator_case_graph (which, random, pictures), random, seed, result);
  }
  voxel_selftest_tell (test, result);
}

/**
 * voxel_selftest_operators:
 * @test: a test
 * @device: which
 * @precision: which
 *
 * Every operator with random attributes and shapes, a result each.
 */
void
voxel_selftest_operators (VoxelSelftest *test, guint device, VoxelPrecision precision)
{
  const VoxelOperatorCase *which;

  for (guint i = 0; (which = voxel_operator_case_nth (i)) != NULL && !voxel_selftest_stopped (test); i++)
    if (voxel_selftest_wants (test, which->op->name))
      test_operator (test, which,
                     voxel_selftest_result_new (VOXEL_SELFTEST_OPERATOR, which->op->name, device, precision));
}

/**
 * voxel_selftest_graphs:
 * @test: a test
 * @device: which
 * @precision: which
 *
 * Random networks of several operators, one result for all.
 */
void
voxel_selftest_graphs (VoxelSelftest *test, guint device, VoxelPrecision precision)
{
  VoxelSelftestResult *result;

  if (!voxel_selftest_wants (test, "graphs"))
    return;
  result = voxel_selftest_result_new (VOXEL_SELFTEST_GRAPHS, "graphs", device, precision);
  result->largest_bound = GRAPH_FACTOR * voxel_selftest_operator_bound (precision);
  for (guint seed = 0, n = test->options->quick ? 20 : 100; seed < n && !voxel_selftest_stopped (test);
       seed++) {
    g_autoptr (GRand) random = g_rand_new_with_seed (seed);
    guint pictures = draw_pictures (test, random);

    compare (test, voxel_random_graph (random, pictures), random, seed, result);
  }
  voxel_selftest_tell (test, result);
}
