/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/backend.h"
#include "models/cuda/cudnn-plan.h"
#include "models/cuda/queue.h"
#include "models/files/tensor-dtype.h"

/* Steps that cuDNN computes. */

/* Of addresses and pitches, so that engines which load vectors can be had. */
#define ALIGNMENT 16

/**
 * State:
 * @graph: which says what the plan wants the addresses of
 *
 * The same for all runs.
 */
typedef struct {
  VoxelCudnnGraph *graph;
  VoxelCudnnPlan *plan;
  gconstpointer constants[VOXEL_OP_MAX_INPUTS];
} State;

/**
 * Binding:
 * @pack: addresses of all that the plan reads and writes
 *
 * Of one run.
 */
typedef struct {
  VoxelCudnnDescriptors all;
  cudnnBackendDescriptor_t pack;
} Binding;

gboolean
voxel_cudnn_step_slice (const VoxelNode *node, VoxelSide side, guint index, const VoxelTensor *joint,
                        guint channel)
{
  gsize size = voxel_dtype_size (joint->type);

  return joint->layout == VOXEL_LAYOUT_NHWC && voxel_cudnn_graph_takes_joint (node) &&
         channel * size % ALIGNMENT == 0 && joint->shape.dim[1] * size % ALIGNMENT == 0;
}

void
voxel_cudnn_step_release (gpointer data)
{
  State *state = data;

  g_clear_pointer (&state->plan, voxel_cudnn_plan_free);
  g_clear_pointer (&state->graph, voxel_cudnn_graph_free);
  g_free (state);
}

static VoxelCudnnPlan *
find_plan (const VoxelCuda *cuda, const VoxelTarget *target, const VoxelCudnnGraph *graph, GError **error)
{
  const VoxelCudnnDevice device =
      voxel_cudnn_device_present (voxel_cuda_device (cuda, target->device),
                                  g_array_index (cuda->ordinals, guint, target->device), cuda->driver);

  if (!voxel_cuda_use (cuda, target->device, error))
    return NULL;
  return voxel_cudnn_plan_find (graph, &device, voxel_cudnn_float (target->precision), error);
}

gboolean
voxel_cudnn_step_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelCuda *cuda = voxel_cuda_get (error);
  State *state;

  if (!cuda)
    return FALSE;
  step->state = state = g_new0 (State, 1);
  state->graph = voxel_cudnn_graph_new (cuda->cudnn, step->node, error);
  state->plan = state->graph ? find_plan (cuda, prepare->target, state->graph, error) : NULL;
  if (!state->plan ||
      !voxel_cuda_constants (prepare, step->node, step->node->inputs[0]->type, state->constants, error))
    return FALSE;
  step->scratch = state->plan->workspace;
  step->implementation = voxel_cudnn_plan_implementation (state->plan);
  return TRUE;
}

static gpointer
address (const State *state, const VoxelOperands *operands, VoxelCudnnOperand *operand)
{
  gconstpointer base;

  if (operand->role == VOXEL_CUDNN_SCALAR)
    return &operand->value;
  if (operand->role == VOXEL_CUDNN_OUTPUT)
    base = operands->outputs[operand->index];
  else
    base = state->constants[operand->index] ? state->constants[operand->index]
                                            : operands->inputs[operand->index];
  return (gchar *) base + operand->offset;
}

gpointer
voxel_cudnn_step_bind (const VoxelStep *step, const VoxelOperands *operands, GError **error)
{
  const State *state = step->state;
  GArray *wanted = state->graph->operands;
  g_autofree gint64 *ids = g_new (gint64, wanted->len);
  g_autofree gpointer *addresses = g_new (gpointer, wanted->len);
  Binding *binding = g_new0 (Binding, 1);
  VoxelCudnnDescriptors *all = &binding->all;

  for (guint i = 0; i < wanted->len; i++) {
    ids[i] = i + 1;
    addresses[i] = address (state, operands, &g_array_index (wanted, VoxelCudnnOperand, i));
  }
  voxel_cudnn_descriptors_init (all, state->graph->all.library);
  binding->pack = voxel_cudnn_new (all, CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  voxel_cudnn_set_integers (all, binding->pack, CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, ids, wanted->len);
  voxel_cudnn_set_pointers (all, binding->pack, CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, addresses,
                            wanted->len);
  voxel_cudnn_set_pointers (all, binding->pack, CUDNN_ATTR_VARIANT_PACK_WORKSPACE, &operands->scratch, 1);
  voxel_cudnn_finalize (all, binding->pack, "these operands");
  if (voxel_cudnn_descriptors_check (all, error))
    return binding;
  g_prefix_error (error, "%s (%s): ", step->node->name, step->node->op->name);
  voxel_cudnn_step_unbind (binding);
  return NULL;
}

void
voxel_cudnn_step_unbind (gpointer data)
{
  Binding *binding = data;

  voxel_cudnn_descriptors_clear (&binding->all);
  g_free (binding);
}

gboolean
voxel_cudnn_step_run (const VoxelStep *step, const VoxelOperands *operands, gpointer data, GError **error)
{
  const State *state = step->state;
  const Binding *binding = data;
  const VoxelCudnnLibrary *library = binding->all.library;
  gpointer handle = voxel_cuda_queue_handle (operands->queue, error);

  return handle && voxel_cudnn_library_check (
                       library, library->execute (handle, state->plan->descriptor, binding->pack), error,
                       "to run %s (%s)", step->node->name, step->node->op->name);
}
