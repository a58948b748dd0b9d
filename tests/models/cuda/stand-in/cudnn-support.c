/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cudnn-engine.h"

/* What cuDNN 9.19 has no engine for, as far as that was found out by asking it. */

static gboolean
is_pointwise (const CudnnDescriptor *operation)
{
  return operation->kind == &cudnn_kind_pointwise_operation;
}

/* Values repeated over the pixels of each of several pictures. */
static gboolean
is_repeated_by_picture (const CudnnDescriptor *operation)
{
  const CudnnDescriptor *second =
      cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_POINTWISE_BDESC);
  const CudnnTensor y =
      cudnn_tensor (cudnn_attribute_descriptor (operation, CUDNN_ATTR_OPERATION_POINTWISE_YDESC));
  CudnnTensor b;

  if (!second)
    return FALSE;
  b = cudnn_tensor (second);
  return y.n == 4 && b.dim[0] > 1 && b.dim[2] * b.dim[3] == 1 && y.dim[2] * y.dim[3] > 1;
}

gboolean
cudnn_support_single_channels (const CudnnDescriptor *graph, cudnnDataType_t *type)
{
  const CudnnDescriptor *first = cudnn_graph_operation (graph, 0);
  CudnnTensor x, w;

  if (first->kind != &cudnn_kind_convolution_forward)
    return FALSE;
  x = cudnn_tensor (cudnn_attribute_descriptor (first, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X));
  w = cudnn_tensor (cudnn_attribute_descriptor (first, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W));
  *type = x.type;
  return w.dim[1] == 1 && x.dim[1] > 1;
}

/* A convolution of single channels in bf16 with anything after it but a bias and a ReLU. */
static gboolean
is_refused_single (const CudnnDescriptor *graph)
{
  cudnnDataType_t type;

  if (!cudnn_support_single_channels (graph, &type) || type != CUDNN_DATA_BFLOAT16)
    return FALSE;
  for (guint i = 1; i < cudnn_graph_size (graph); i++)
    if (!cudnn_pointwise_is_usual (cudnn_graph_operation (graph, i)))
      return TRUE;
  return FALSE;
}

gboolean
cudnn_support_joint_transposed (const CudnnDescriptor *graph, cudnnDataType_t *type)
{
  g_autoptr (GArray) operands = cudnn_graph_operands (graph);

  if (cudnn_graph_operation (graph, 0)->kind != &cudnn_kind_convolution_backward_data ||
      cudnn_graph_size (graph) == 1)
    return FALSE;
  for (guint i = 0; i < operands->len; i++) {
    const CudnnTensor *tensor = &g_array_index (operands, CudnnOperand, i).tensor;

    *type = tensor->type;
    if (!tensor->is_virtual && cudnn_tensor_span (tensor) > cudnn_tensor_elements (tensor))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_refused_joint (const CudnnDescriptor *graph)
{
  cudnnDataType_t type;

  return cudnn_support_joint_transposed (graph, &type) && type == CUDNN_DATA_BFLOAT16;
}

/**
 * cudnn_support:
 * @graph: a graph
 * @version: of a device, 100 major + 10 minor
 *
 * Returns: the status with which cuDNN refuses it, having said why
 */
cudnnStatus_t
cudnn_support (const CudnnDescriptor *graph, guint version)
{
  const CudnnDescriptor *first = cudnn_graph_operation (graph, 0);

  for (guint i = 0; i < cudnn_graph_size (graph); i++) {
    const CudnnDescriptor *operation = cudnn_graph_operation (graph, i);

    if (i > 0 && (!is_pointwise (operation) || first->kind == &cudnn_kind_attention))
      return cudnn_refuse (CUDNN_STATUS_NOT_SUPPORTED_GRAPH_PATTERN,
                           "operation %u cannot follow those before it", i);
    if (is_pointwise (operation) && is_repeated_by_picture (operation))
      return cudnn_refuse (CUDNN_STATUS_NOT_SUPPORTED_GRAPH_PATTERN,
                           "Unsupported pointwise pattern in the graph.");
  }
  if (g_getenv ("VOXEL_STAND_IN_NO_ENGINES"))
    return cudnn_refuse (CUDNN_STATUS_NOT_SUPPORTED, "no engine, as the environment says");
  if (is_refused_single (graph) || is_refused_joint (graph))
    return cudnn_refuse (CUDNN_STATUS_NOT_SUPPORTED, "no engine for this in bf16");
  if (version < 750)
    return cudnn_refuse (CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH, "a device of version %u", version);
  return CUDNN_STATUS_SUCCESS;
}

/* Some want none; the others want a number that is no multiple of anything. */
gsize
cudnn_support_workspace (const CudnnDescriptor *graph)
{
  const CudnnDescriptor *first = cudnn_graph_operation (graph, 0);
  g_autoptr (GArray) operands = cudnn_graph_operands (graph);

  if (is_pointwise (first))
    return 0;
  return 4 * cudnn_tensor_elements (&g_array_index (operands, CudnnOperand, operands->len - 1).tensor) + 20;
}
