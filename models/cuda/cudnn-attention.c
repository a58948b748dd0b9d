/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "models/cuda/cudnn-operations.h"
#include "models/files/tensor-dtype.h"

/* N, heads, tokens, channels of a head: pixels are tokens, and a head is some channels of each. */
static cudnnBackendDescriptor_t
tokens (VoxelCudnnGraph *graph, VoxelCudnnRole role, guint index, guint first, gint64 channels)
{
  const VoxelNode *node = graph->node;
  const VoxelAttention *attributes = node->attributes;
  const VoxelTensor *tensor = role == VOXEL_CUDNN_OUTPUT ? node->outputs[index] : node->inputs[index];
  const guint *dim = tensor->shape.dim;
  const VoxelCudnnOperand operand = {role, index, first * voxel_dtype_size (tensor->type)};
  gint64 n = (gint64) dim[2] * dim[3], pitch = (gint64) voxel_tensor_pitch (tensor);
  const VoxelCudnnShape shape = {
      4, {dim[0], attributes->heads, n, channels}, {pitch * n, channels, pitch, 1}};

  return voxel_cudnn_tensor (graph, &operand, voxel_cudnn_type (tensor->type), &shape);
}

gboolean
voxel_cudnn_build_attention (VoxelCudnnGraph *graph, GError **error)
{
  const VoxelNode *node = graph->node;
  const VoxelAttention *attributes = node->attributes;
  guint all_channels = node->inputs[VOXEL_ATTENTION_QUERY]->shape.dim[1];
  gint64 channels = all_channels / attributes->heads;
  VoxelCudnnDescriptors *all = &graph->all;
  cudnnBackendDescriptor_t operation;

  if (node->inputs[VOXEL_ATTENTION_QUERY]->layout != VOXEL_LAYOUT_NHWC)
    return voxel_node_unsupported (node, error, "tokens must be NHWC");
  operation = voxel_cudnn_new (all, CUDNN_BACKEND_OPERATION_SDPA_FWD_DESCRIPTOR);
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_SDPA_FWD_QDESC,
                              tokens (graph, VOXEL_CUDNN_INPUT, VOXEL_ATTENTION_QUERY, 0, channels));
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_SDPA_FWD_KDESC,
                              tokens (graph, VOXEL_CUDNN_INPUT, VOXEL_ATTENTION_KEY_VALUE, 0, channels));
  voxel_cudnn_set_descriptor (
      all, operation, CUDNN_ATTR_OPERATION_SDPA_FWD_VDESC,
      tokens (graph, VOXEL_CUDNN_INPUT, VOXEL_ATTENTION_KEY_VALUE, all_channels, channels));
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_SDPA_FWD_ODESC,
                              tokens (graph, VOXEL_CUDNN_OUTPUT, 0, 0, channels));
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_SDPA_FWD_SCALEDESC,
                              voxel_cudnn_tensor_scalar (graph, 1 / sqrtf ((gfloat) channels), 4));
  voxel_cudnn_operation (graph, operation, "attention of these pictures");
  return TRUE;
}
