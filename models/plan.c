/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/plan.h"

#include "models/executor.h"
#include "models/graph/passes.h"
#include "models/graph/reach.h"
#include "models/ops/ops.h"
#include "models/packed.h"
#include "models/plan-private.h"

static void
clear_step (gpointer data)
{
  VoxelStep *step = data;

  if (step->kernel->release && step->state)
    step->kernel->release (step->state);
  g_free (step->implementation);
}

/* A concat whose inputs all lie in place has nothing to do. */
static gboolean
is_step (const VoxelNode *node)
{
  if (node->op != &voxel_op_concat)
    return TRUE;
  for (guint i = 0; i < node->n_inputs; i++)
    if (node->inputs[i]->joint != node->outputs[0])
      return TRUE;
  return FALSE;
}

typedef struct {
  VoxelPlan *plan;
  GError *error;
} Preparation;

static gboolean
prepare_node (VoxelPlan *plan, guint position, GError **error)
{
  const VoxelNode *node = plan->graph->nodes->pdata[position];
  VoxelPrepare prepare = {&plan->target, plan->graph, plan->packed, plan->backend->device};
  VoxelStep step = {
      .node = node, .kernel = voxel_backend_kernel (plan->backend, node, error), .position = position};

  if (!step.kernel)
    return FALSE;
  if (!step.kernel->prepare (&prepare, &step, error)) {
    clear_step (&step);
    g_prefix_error (error, "Backend %s: ", plan->backend->name);
    return FALSE;
  }
  if (!step.implementation)
    step.implementation = g_strdup (step.kernel->name);
  plan->scratch = MAX (plan->scratch, step.scratch);
  g_array_append_val (plan->steps, step);
  return TRUE;
}

/* On the executor thread: what a kernel chooses may depend on the team. */
static void
prepare_nodes (gpointer data)
{
  Preparation *preparation = data;
  VoxelPlan *plan = preparation->plan;

  for (guint n = 0; n < plan->graph->nodes->len; n++)
    if (is_step (plan->graph->nodes->pdata[n]) && !prepare_node (plan, n, &preparation->error))
      return;
}

/* @alive: bytes at each node, of pictures that share nothing. */
static gboolean
place (VoxelPlan *plan, const gsize *alive, GError **error)
{
  g_autofree gsize *scratch = g_new0 (gsize, plan->graph->nodes->len);

  for (guint i = 0; i < plan->steps->len; i++) {
    const VoxelStep *step = voxel_plan_get_step (plan, i);

    scratch[step->position] = step->scratch;
  }
  if (!voxel_arena_plan (&plan->arena, plan->graph, scratch, error))
    return FALSE;
  for (guint n = 0; n < plan->graph->nodes->len; n++)
    plan->lower_bound = MAX (plan->lower_bound, alive[n] + scratch[n]);
  return TRUE;
}

static gboolean
fill (VoxelPlan *plan, GError **error)
{
  Preparation preparation = {plan, NULL};
  g_autofree gsize *alive = NULL;
  gsize most = 0;

  plan->reach = voxel_graph_reach (plan->graph);
  if (!voxel_graph_lower (plan->graph, plan->backend, &plan->target, error))
    return FALSE;
  alive = voxel_arena_alive (plan->graph, error);
  if (!alive)
    return FALSE;
  for (guint n = 0; n < plan->graph->nodes->len; n++)
    most = MAX (most, alive[n]);
  if (!voxel_graph_share (plan->graph, plan->backend, most, error))
    return FALSE;
  voxel_executor_call (plan->target.threads, prepare_nodes, &preparation);
  if (!preparation.error)
    return place (plan, alive, error);
  g_propagate_error (error, preparation.error);
  return FALSE;
}

static VoxelPlan *
make (VoxelGraph *graph, const VoxelBackend *backend, const VoxelPlanKey *key, GPtrArray *packed,
      GError **error)
{
  g_autoptr (VoxelPlan) plan = g_new0 (VoxelPlan, 1);

  g_atomic_ref_count_init (&plan->refs);
  plan->key = *key;
  plan->key.backend = backend->name;
  plan->backend = backend;
  plan->target = (VoxelTarget){key->precision, key->threads, key->device};
  plan->graph = graph;
  plan->steps = g_array_new (FALSE, FALSE, sizeof (VoxelStep));
  g_array_set_clear_func (plan->steps, clear_step);
  plan->packed = packed;
  if (!fill (plan, error))
    return NULL;
  return g_steal_pointer (&plan);
}

/**
 * voxel_plan_new:
 * @graph: (transfer full): as an architecture built it
 * @backend: who computes it
 * @key: precision and threads are resolved: neither AUTO nor 0
 * @error: what cannot be computed
 *
 * Returns: (transfer full) (nullable): a plan
 */
VoxelPlan *
voxel_plan_new (VoxelGraph *graph, const VoxelBackend *backend, const VoxelPlanKey *key, GError **error)
{
  return make (graph, backend, key, g_ptr_array_new_with_free_func ((GDestroyNotify) voxel_packed_unref),
               error);
}

/**
 * voxel_plan_new_measured:
 *
 * As voxel_plan_new(), but no weights are packed, which is what takes time: a plan to be asked for its sizes,
 * never to be run.
 *
 * Returns: (transfer full) (nullable): a plan
 */
VoxelPlan *
voxel_plan_new_measured (VoxelGraph *graph, const VoxelBackend *backend, const VoxelPlanKey *key,
                         GError **error)
{
  return make (graph, backend, key, NULL, error);
}

VoxelPlan *
voxel_plan_ref (VoxelPlan *plan)
{
  g_atomic_ref_count_inc (&plan->refs);
  return plan;
}

void
voxel_plan_unref (VoxelPlan *plan)
{
  if (!g_atomic_ref_count_dec (&plan->refs))
    return;
  g_array_unref (plan->steps);
  g_clear_pointer (&plan->packed, g_ptr_array_unref);
  voxel_arena_clear (&plan->arena);
  voxel_graph_free (plan->graph);
  g_free (plan);
}

/**
 * voxel_plan_get_key:
 * @plan: a plan
 *
 * Returns: what it was made for: backend, precision and threads are those chosen
 */
const VoxelPlanKey *
voxel_plan_get_key (VoxelPlan *plan)
{
  return &plan->key;
}

/**
 * voxel_plan_get_macs:
 * @plan: a plan
 *
 * Returns: multiply-adds a run, of convolutions
 */
guint64
voxel_plan_get_macs (VoxelPlan *plan)
{
  guint64 macs = 0;

  for (guint i = 0; i < plan->steps->len; i++)
    macs += voxel_plan_get_step_macs (plan, i);
  return macs;
}

/**
 * voxel_plan_get_arena_size:
 * @plan: a plan
 *
 * Returns: bytes that a run takes: for the pictures between the layers and for what layers need while they are
 *   computed
 */
gsize
voxel_plan_get_arena_size (VoxelPlan *plan)
{
  return plan->arena.size;
}

/**
 * voxel_plan_get_arena_lower_bound:
 * @plan: a plan
 *
 * Returns: bytes of that in use at the fullest moment, would no two pictures share memory
 */
gsize
voxel_plan_get_arena_lower_bound (VoxelPlan *plan)
{
  return plan->lower_bound;
}

/**
 * voxel_plan_get_scratch_size:
 * @plan: a plan
 *
 * Returns: bytes of the arena that the neediest layer takes while it is computed
 */
gsize
voxel_plan_get_scratch_size (VoxelPlan *plan)
{
  return plan->scratch;
}

/**
 * voxel_plan_get_reach:
 * @plan: a plan
 *
 * Returns: how many pixels away a result may depend on the input; %G_MAXUINT where there is no bound
 */
guint
voxel_plan_get_reach (VoxelPlan *plan)
{
  return plan->reach;
}

/**
 * voxel_plan_get_size:
 * @plan: a plan
 *
 * Returns: all of that in one
 */
VoxelPlanSize
voxel_plan_get_size (VoxelPlan *plan)
{
  return (VoxelPlanSize){plan->arena.size, plan->lower_bound, plan->reach};
}

guint
voxel_plan_get_steps (VoxelPlan *plan)
{
  return plan->steps->len;
}

const VoxelStep *
voxel_plan_get_step (const VoxelPlan *plan, guint step)
{
  g_return_val_if_fail (step < plan->steps->len, NULL);
  return &g_array_index (plan->steps, VoxelStep, step);
}

const gchar *
voxel_plan_get_step_name (VoxelPlan *plan, guint step)
{
  return voxel_plan_get_step (plan, step)->node->name;
}

/**
 * voxel_plan_get_step_implementation:
 * @plan: a plan
 * @step: below voxel_plan_get_steps()
 *
 * Returns: what computes it, in the words of the backend, such as "brgconv:avx512_core"
 */
const gchar *
voxel_plan_get_step_implementation (VoxelPlan *plan, guint step)
{
  return voxel_plan_get_step (plan, step)->implementation;
}

guint64
voxel_plan_get_step_macs (VoxelPlan *plan, guint step)
{
  return voxel_node_macs (voxel_plan_get_step (plan, step)->node);
}
