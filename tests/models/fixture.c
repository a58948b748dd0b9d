/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <math.h>
#include <string.h>

#include "models/ops/ops.h"
#include "models/packed.h"
#include "models/plan-private.h"
#include "models/run.h"

gchar *
fixture_path (const gchar *name)
{
  return g_test_build_filename (G_TEST_DIST, "fixtures", name, NULL);
}

VoxelConstant *
fixture_random_constant (const gchar *key, const VoxelShape *shape, GRand *random, gdouble low, gdouble high)
{
  g_autofree gfloat *values = NULL;
  gsize n = 0;

  g_assert_true (voxel_shape_elements (shape, &n));
  values = g_new (gfloat, n);
  for (gsize i = 0; i < n; i++)
    values[i] = (gfloat) g_rand_double_range (random, low, high);
  return voxel_constant_new_values (key, shape, values);
}

/* Largest difference; anything that is no number is infinitely far off. */
gdouble
fixture_difference (const gfloat *a, const gfloat *b, gsize n)
{
  gdouble most = 0;

  for (gsize i = 0; i < n; i++) {
    gdouble difference = fabs ((gdouble) a[i] - b[i]);

    if (!(difference <= most))
      most = isnan (difference) ? INFINITY : difference;
  }
  return most;
}

static gfloat *
interpret_node (VoxelPrepare *prepare, const VoxelNode *node, gfloat **values)
{
  VoxelStep step = {.node = node, .kernel = voxel_backend_kernel (&voxel_backend_reference, node, NULL)};
  VoxelOperands operands = {.scratch = NULL};
  gsize bytes = 0;

  g_assert_nonnull (step.kernel);
  g_assert_true (step.kernel->prepare (prepare, &step, NULL));
  operands.scratch = g_malloc0 (step.scratch);
  for (guint i = 0; i < node->n_inputs; i++)
    operands.inputs[i] = node->inputs[i] ? values[node->inputs[i]->id] : NULL;
  for (guint i = 0; i < node->n_outputs; i++) {
    g_assert_true (voxel_tensor_size (node->outputs[i], &bytes));
    operands.outputs[i] = values[node->outputs[i]->id] = g_malloc0 (bytes);
  }
  g_assert_true (step.kernel->run (&step, &operands, NULL, NULL));
  step.kernel->release (step.state);
  g_free (operands.scratch);
  return operands.outputs[0];
}

/* The graph as it was built, node by node, each tensor in memory of its own: what plans must agree with. */
gfloat *
fixture_interpret (const VoxelGraph *graph, const gfloat *input)
{
  const VoxelTarget target = {VOXEL_PRECISION_FP32, 1};
  g_autoptr (GPtrArray) packed = g_ptr_array_new_with_free_func ((GDestroyNotify) voxel_packed_unref);
  VoxelPrepare prepare = {&target, graph, packed};
  g_autofree gfloat **values = g_new0 (gfloat *, graph->tensors->len);
  gfloat *output;

  values[graph->input->id] = (gfloat *) input;
  for (guint n = 0; n < graph->nodes->len; n++)
    interpret_node (&prepare, graph->nodes->pdata[n], values);
  output = values[graph->output->id];
  for (guint i = 0; i < graph->tensors->len; i++)
    if (values[i] != input && values[i] != output)
      g_free (values[i]);
  return output;
}

/* Takes the graph; returns what a plan of it computes. */
gfloat *
fixture_execute (VoxelGraph *graph, const VoxelBackend *backend, VoxelPrecision precision, guint threads,
                 const gfloat *input, GError **error)
{
  const VoxelPlanKey key = {backend->name, precision, threads, 1, 0, 0};
  g_autoptr (VoxelPlan) plan = voxel_plan_new (graph, backend, &key, error);
  g_autoptr (VoxelRun) run = plan ? voxel_run_new (plan, error) : NULL;
  gsize in = 0, out = 0;

  if (!run)
    return NULL;
  g_assert_true (voxel_shape_elements (&plan->graph->input->shape, &in));
  g_assert_true (voxel_shape_elements (&plan->graph->output->shape, &out));
  memcpy (voxel_run_get_input (run), input, in * sizeof (gfloat));
  if (!voxel_run_execute (run, NULL, error))
    return NULL;
  g_assert_cmpfloat (fixture_difference (voxel_run_get_input (run), input, in), ==, 0);
  return g_memdup2 (voxel_run_get_output (run), out * sizeof (gfloat));
}

/* How many times PyTorch's own fp32 error, both against double, fp32 may err. PyTorch's was taken with fused
 * multiplications and additions; what has none rounds twice as often. */
gdouble
fixture_allowed_ratio (VoxelPlan *plan)
{
  for (guint i = 0; i < voxel_plan_get_steps (plan); i++)
    if (g_str_has_suffix (voxel_plan_get_step_implementation (plan, i), "winograd:base"))
      return 3;
  return 2;
}
