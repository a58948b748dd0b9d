/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cudnn-graph.h"

#include <string.h>

guint
cudnn_graph_size (const CudnnDescriptor *graph)
{
  return (guint) cudnn_attribute (graph, CUDNN_ATTR_OPERATIONGRAPH_OPS)->n;
}

const CudnnDescriptor *
cudnn_graph_operation (const CudnnDescriptor *graph, guint index)
{
  return ((CudnnDescriptor *const *) cudnn_attribute (graph, CUDNN_ATTR_OPERATIONGRAPH_OPS)->values)[index];
}

/* Returns: (transfer full): of #CudnnOperand, those of each operation in turn, what it reads before what it writes */
GArray *
cudnn_graph_operands (const CudnnDescriptor *graph)
{
  GArray *operands = g_array_new (FALSE, FALSE, sizeof (CudnnOperand));

  for (guint i = 0; i < cudnn_graph_size (graph); i++)
    for (guint writes = 0; writes < 2; writes++) {
      const CudnnDescriptor *operation = cudnn_graph_operation (graph, i);

      for (const CudnnRule *rule = operation->kind->rules; rule->most; rule++) {
        const CudnnDescriptor *tensor = cudnn_attribute_descriptor (operation, rule->name);

        if (rule->use && tensor && (rule->use == CUDNN_USE_WRITE) == writes)
          g_array_append_vals (operands, &(CudnnOperand){cudnn_tensor (tensor), rule->use}, 1);
      }
    }
  return operands;
}

static const CudnnOperand *
find (const GArray *operands, guint before, gint64 id, gboolean written)
{
  for (guint i = 0; i < before; i++) {
    const CudnnOperand *operand = &g_array_index (operands, CudnnOperand, i);

    if (operand->tensor.id == id && (!written || operand->use == CUDNN_USE_WRITE))
      return operand;
  }
  return NULL;
}

static cudnnStatus_t
check (CudnnDescriptor *graph)
{
  g_autoptr (GArray) operands = NULL;

  for (guint i = 0; i < cudnn_graph_size (graph); i++)
    if (!cudnn_graph_operation (graph, i)->kind->run)
      return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "number %u in the graph is no operation", i);
  operands = cudnn_graph_operands (graph);
  for (guint i = 0; i < operands->len; i++) {
    const CudnnOperand *operand = &g_array_index (operands, CudnnOperand, i);
    const CudnnOperand *other = find (operands, i, operand->tensor.id, FALSE);

    if (other && memcmp (&other->tensor, &operand->tensor, sizeof other->tensor))
      return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "two tensors have the identifier %" G_GINT64_FORMAT,
                           operand->tensor.id);
    if (operand->use == CUDNN_USE_WRITE
            ? other != NULL
            : operand->tensor.is_virtual && !find (operands, i, operand->tensor.id, TRUE))
      return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "tensor %" G_GINT64_FORMAT " is %s", operand->tensor.id,
                           other ? "written after it was used" : "read before it is written");
  }
  return CUDNN_STATUS_SUCCESS;
}

const CudnnKind cudnn_kind_graph = {
    .type = CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR,
    .rules =
        {
            {CUDNN_ATTR_OPERATIONGRAPH_OPS, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, CUDNN_MANY},
            {CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE, 0, 1},
        },
    .check = check,
};
