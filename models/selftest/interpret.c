/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/selftest/interpret.h"

#include <string.h>

#include "models/packed.h"
#include "models/plan-private.h"
#include "models/run.h"

typedef struct {
  const VoxelGraph *graph;
  VoxelPrepare prepare;
  gfloat **values;
} Interpretation;

static gboolean
compute (Interpretation *all, const VoxelNode *node, VoxelStep *step, VoxelOperands *operands, GError **error)
{
  gsize bytes = 0;

  if (!step->kernel->prepare (&all->prepare, step, error))
    return FALSE;
  for (guint i = 0; i < node->n_outputs; i++) {
    g_return_val_if_fail (voxel_tensor_size (node->outputs[i], &bytes), FALSE);
    operands->outputs[i] = all->values[node->outputs[i]->id] = g_malloc0 (bytes);
  }
  operands->scratch = g_malloc0 (step->scratch);
  return step->kernel->run (step, operands, NULL, error);
}

static gboolean
interpret_node (Interpretation *all, const VoxelNode *node, VoxelInterpretFunc func, gpointer data,
                GError **error)
{
  VoxelStep step = {.node = node, .kernel = voxel_backend_kernel (&voxel_backend_reference, node, error)};
  VoxelOperands operands = {.scratch = NULL};
  gboolean done;

  if (!step.kernel)
    return FALSE;
  for (guint i = 0; i < node->n_inputs; i++)
    operands.inputs[i] = node->inputs[i] ? all->values[node->inputs[i]->id] : NULL;
  if (func)
    func (node, (gfloat *const *) operands.inputs, data);
  done = compute (all, node, &step, &operands, error);
  if (step.state)
    step.kernel->release (step.state);
  g_free (operands.scratch);
  return done;
}

/**
 * voxel_interpret:
 * @graph: as it was built
 * @input: its input
 * @func: (nullable): told of each node
 * @data: for @func
 * @error: of a kernel
 *
 * Computes node by node with the reference, each tensor in memory of its own: what plans must agree with.
 *
 * Returns: (transfer full) (nullable): the graph's output
 */
gfloat *
voxel_interpret (const VoxelGraph *graph, const gfloat *input, VoxelInterpretFunc func, gpointer data,
                 GError **error)
{
  const VoxelTarget target = {VOXEL_PRECISION_FP32, 1};
  g_autoptr (GPtrArray) packed = g_ptr_array_new_with_free_func ((GDestroyNotify) voxel_packed_unref);
  g_autofree gfloat **values = g_new0 (gfloat *, graph->tensors->len);
  Interpretation all = {graph, {&target, graph, packed}, values};
  gboolean done = TRUE;
  gfloat *output;

  values[graph->input->id] = (gfloat *) input;
  for (guint n = 0; done && n < graph->nodes->len; n++)
    done = interpret_node (&all, graph->nodes->pdata[n], func, data, error);
  output = done ? values[graph->output->id] : NULL;
  for (guint i = 0; i < graph->tensors->len; i++)
    if (values[i] != input && values[i] != output)
      g_free (values[i]);
  return output;
}

/**
 * voxel_interpret_plan:
 * @graph: (transfer full): a graph
 * @backend: who computes it
 * @key: as of voxel_plan_new()
 * @input: its input
 * @error: what cannot be computed
 *
 * Returns: (transfer full) (nullable): what a plan of it gives
 */
gfloat *
voxel_interpret_plan (VoxelGraph *graph, const VoxelBackend *backend, const VoxelPlanKey *key,
                      const gfloat *input, GError **error)
{
  g_autoptr (VoxelPlan) plan = voxel_plan_new (graph, backend, key, error);
  g_autoptr (VoxelRun) run = plan ? voxel_run_new (plan, error) : NULL;
  gsize in = 0, out = 0;

  if (!run)
    return NULL;
  g_return_val_if_fail (voxel_shape_elements (&plan->graph->input->shape, &in), NULL);
  g_return_val_if_fail (voxel_shape_elements (&plan->graph->output->shape, &out), NULL);
  memcpy (voxel_run_get_input (run), input, in * sizeof *input);
  if (!voxel_run_execute (run, NULL, error))
    return NULL;
  if (memcmp (voxel_run_get_input (run), input, in * sizeof *input) != 0) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED, "The backend %s wrote to its input",
                 backend->name);
    return NULL;
  }
  return g_memdup2 (voxel_run_get_output (run), out * sizeof *input);
}
