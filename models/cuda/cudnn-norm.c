/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cudnn-operations.h"

/* Rows of the values that are normalised together: the channels of a pixel, or the innermost dimension. */
static gboolean
rows_of (const VoxelTensor *tensor, guint axis, VoxelCudnnShape *rows)
{
  const VoxelShape *shape = &tensor->shape;
  gboolean channels = shape->n == 4 && axis == 1 && tensor->layout == VOXEL_LAYOUT_NHWC;
  gint64 n = 1, pitch = channels ? (gint64) voxel_tensor_pitch (tensor) : shape->dim[axis];

  if (!channels && (axis != shape->n - 1 || (shape->n == 4 && tensor->layout != VOXEL_LAYOUT_NCHW)))
    return FALSE;
  for (guint i = 0; i < shape->n; i++)
    n *= i == axis ? 1 : shape->dim[i];
  *rows = voxel_cudnn_shape_channels_last (n, shape->dim[axis], 1, 1, pitch);
  return TRUE;
}

gboolean
voxel_cudnn_build_layer_norm (VoxelCudnnGraph *graph, GError **error)
{
  const VoxelNode *node = graph->node;
  const VoxelLayerNorm *attributes = node->attributes;
  const VoxelTensor *x = node->inputs[VOXEL_NORM_X], *y = node->outputs[0];
  VoxelCudnnDescriptors *all = &graph->all;
  VoxelCudnnShape from, to;
  cudnnBackendDescriptor_t operation;

  if (!node->inputs[VOXEL_NORM_WEIGHT] || !node->inputs[VOXEL_NORM_BIAS])
    return voxel_node_unsupported (node, error, "cuDNN wants a weight and a bias");
  if (!rows_of (x, attributes->axis, &from) || !rows_of (y, attributes->axis, &to))
    return voxel_node_unsupported (node, error, "values of dimension %u do not lie side by side",
                                   attributes->axis);
  operation = voxel_cudnn_new (all, CUDNN_BACKEND_OPERATION_NORM_FORWARD_DESCRIPTOR);
  voxel_cudnn_set_choice (all, operation, CUDNN_ATTR_OPERATION_NORM_FWD_MODE, CUDNN_TYPE_NORM_MODE,
                          CUDNN_LAYER_NORM);
  voxel_cudnn_set_choice (all, operation, CUDNN_ATTR_OPERATION_NORM_FWD_PHASE, CUDNN_TYPE_NORM_FWD_PHASE,
                          CUDNN_NORM_FWD_INFERENCE);
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_NORM_FWD_XDESC,
                              voxel_cudnn_tensor (graph,
                                                  &(VoxelCudnnOperand){VOXEL_CUDNN_INPUT, VOXEL_NORM_X},
                                                  voxel_cudnn_type (x->type), &from));
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_NORM_FWD_SCALE_DESC,
                              voxel_cudnn_tensor_vector (graph, VOXEL_NORM_WEIGHT, CUDNN_DATA_FLOAT));
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_NORM_FWD_BIAS_DESC,
                              voxel_cudnn_tensor_vector (graph, VOXEL_NORM_BIAS, CUDNN_DATA_FLOAT));
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_NORM_FWD_EPSILON_DESC,
                              voxel_cudnn_tensor_scalar (graph, (gfloat) attributes->epsilon, 4));
  voxel_cudnn_set_descriptor (
      all, operation, CUDNN_ATTR_OPERATION_NORM_FWD_YDESC,
      voxel_cudnn_tensor (graph, &(VoxelCudnnOperand){VOXEL_CUDNN_OUTPUT}, voxel_cudnn_type (y->type), &to));
  voxel_cudnn_operation (graph, operation, "a layer norm of these values");
  return TRUE;
}
