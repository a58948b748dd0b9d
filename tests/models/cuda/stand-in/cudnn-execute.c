/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "cudnn-engine.h"
#include "cudnn-handle.h"
#include "cudnn-overlap.h"
#include "cudnn-plan.h"
#include "stand-in.h"

/**
 * Execution:
 * @plan: what is executed
 * @bindings: of #CudnnBinding
 * @workspace: of the size that the plan asks for
 *
 * All that is needed when its turn comes, maybe several times: nothing of the variant pack is.
 */
typedef struct {
  CudnnDescriptor *plan;
  GArray *bindings;
  gpointer workspace;
} Execution;

static void
execution_free (gpointer data)
{
  Execution *execution = data;

  cudnn_descriptor_unref (execution->plan);
  g_array_unref (execution->bindings);
  g_free (execution);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Execution, execution_free)

static Execution *
execution_new (CudnnDescriptor *plan, const CudnnDescriptor *pack)
{
  const CudnnAttribute *ids = cudnn_attribute (pack, CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS);
  const CudnnAttribute *pointers = cudnn_attribute (pack, CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS);
  const CudnnAttribute *workspace = cudnn_attribute (pack, CUDNN_ATTR_VARIANT_PACK_WORKSPACE);
  Execution *execution = g_new (Execution, 1);

  *execution = (Execution){cudnn_descriptor_ref (plan), g_array_new (FALSE, FALSE, sizeof (CudnnBinding)),
                           workspace ? *(gpointer *) workspace->values : NULL};
  for (gsize i = 0; i < ids->n; i++) {
    const CudnnBinding binding = {((const gint64 *) ids->values)[i], ((gpointer *) pointers->values)[i], 0};

    g_array_append_val (execution->bindings, binding);
  }
  return execution;
}

/* Executions of a plan may be in turn when nobody knows any more whether the last left something there. */
static void
spoil (gpointer memory, gsize size)
{
  if (size)
    memset (memory, 0xff, size);
}

static int
execution_run (gpointer data)
{
  const Execution *execution = data;
  const CudnnDescriptor *graph = cudnn_plan_graph (execution->plan);
  CudnnValues values;

  spoil (execution->workspace, cudnn_plan_workspace (execution->plan));
  cudnn_values_init (&values, execution->bindings, cudnn_engine_rounds (cudnn_plan_engine (execution->plan)));
  for (guint i = 0; i < cudnn_graph_size (graph); i++) {
    const CudnnDescriptor *operation = cudnn_graph_operation (graph, i);

    operation->kind->run (operation, &values);
  }
  cudnn_values_clear (&values);
  return 0;
}

/* What is not memory of the device ends the process. */
static cudnnStatus_t
check_memory (cudnnHandle_t handle, const gchar *what, gint64 id, gconstpointer memory, gsize size)
{
  g_autofree gchar *name = g_strdup_printf ("cuDNN's %s %" G_GINT64_FORMAT, what, id);

  if (!memory)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM_NULL_POINTER, "%s is nowhere", name);
  if (handle->stream)
    voxel_cuda_stand_in_check (memory, size, name);
  return CUDNN_STATUS_SUCCESS;
}

static cudnnStatus_t
bind_operand (cudnnHandle_t handle, const CudnnTensor *tensor, GArray *bindings)
{
  CudnnBinding *binding = cudnn_binding_find (bindings, tensor->id);
  gsize size = cudnn_tensor_span (tensor) * cudnn_tensor_element_size (tensor);

  if (!binding)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "tensor %" G_GINT64_FORMAT " is not in the variant pack",
                         tensor->id);
  if (tensor->by_value)
    return binding->memory ? CUDNN_STATUS_SUCCESS
                           : cudnn_refuse (CUDNN_STATUS_BAD_PARAM_NULL_POINTER,
                                           "value %" G_GINT64_FORMAT " is nowhere", tensor->id);
  if ((guintptr) binding->memory % (gsize) tensor->alignment)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER,
                         "tensor %" G_GINT64_FORMAT " at %p, no multiple of %" G_GINT64_FORMAT, tensor->id,
                         binding->memory, tensor->alignment);
  return check_memory (handle, "tensor", tensor->id, binding->memory, size);
}

/* Values are taken now, whenever the turn comes. */
static void
take_values (const GArray *operands, GArray *bindings)
{
  for (guint i = 0; i < operands->len; i++) {
    const CudnnTensor *tensor = &g_array_index (operands, CudnnOperand, i).tensor;
    CudnnBinding *binding = tensor->by_value ? cudnn_binding_find (bindings, tensor->id) : NULL;

    if (binding && binding->memory != &binding->value) {
      memcpy (&binding->value, binding->memory, cudnn_tensor_element_size (tensor));
      binding->memory = &binding->value;
    }
  }
}

static cudnnStatus_t
bind (cudnnHandle_t handle, const Execution *execution)
{
  g_autoptr (GArray) operands = cudnn_graph_operands (cudnn_plan_graph (execution->plan));
  gsize workspace = cudnn_plan_workspace (execution->plan);
  cudnnStatus_t status = CUDNN_STATUS_SUCCESS;

  for (guint i = 0; i < operands->len && !status; i++) {
    const CudnnTensor *tensor = &g_array_index (operands, CudnnOperand, i).tensor;

    if (!tensor->is_virtual)
      status = bind_operand (handle, tensor, execution->bindings);
  }
  if (!status && workspace)
    status = check_memory (handle, "workspace", 0, execution->workspace, workspace);
  if (!status)
    status = cudnn_overlap_check (operands, execution->bindings);
  if (!status)
    take_values (operands, execution->bindings);
  return status;
}

/**
 * cudnn_execute:
 * @handle: whose stream it is added to
 * @plan: what to execute
 * @pack: where tensors lie
 *
 * Returns: what is wrong with the addresses, before anything is computed
 */
cudnnStatus_t
cudnn_execute (cudnnHandle_t handle, CudnnDescriptor *plan, CudnnDescriptor *pack)
{
  g_autoptr (Execution) execution = NULL;
  cudnnStatus_t status;

  if (!plan->finalized || !pack->finalized)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED,
                         "a plan or a variant pack that is not finalized");
  if (plan->kind != &cudnn_kind_plan || pack->kind != &cudnn_kind_variant_pack)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "not a plan and a variant pack");
  execution = execution_new (plan, pack);
  status = bind (handle, execution);
  if (status)
    return status;
  if (!handle->stream) {
    execution_run (execution);
    return CUDNN_STATUS_SUCCESS;
  }
  if (voxel_cuda_stand_in_add (handle->stream, execution_run, g_steal_pointer (&execution), execution_free))
    return cudnn_refuse (CUDNN_STATUS_EXECUTION_FAILED, "the stream takes no work");
  return CUDNN_STATUS_SUCCESS;
}

static cudnnStatus_t
check_pack (CudnnDescriptor *pack)
{
  const CudnnAttribute *ids = cudnn_attribute (pack, CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS);

  if (ids->n != cudnn_attribute (pack, CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS)->n)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "not as many addresses as tensors");
  for (gsize i = 0; i < ids->n; i++)
    for (gsize k = 0; k < i; k++)
      if (((const gint64 *) ids->values)[i] == ((const gint64 *) ids->values)[k])
        return cudnn_refuse (CUDNN_STATUS_BAD_PARAM_DUPLICATED_ENTRIES, "a tensor with two addresses");
  return CUDNN_STATUS_SUCCESS;
}

const CudnnKind cudnn_kind_variant_pack = {
    .type = CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR,
    .rules =
        {
            {CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, CUDNN_TYPE_INT64, 1, CUDNN_MANY},
            {CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, 1, CUDNN_MANY},
            {CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, 0, 1},
        },
    .check = check_pack,
};
