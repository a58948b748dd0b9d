/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cudnn-operations.h"

/* The values that are normalised together lie side by side, rows without gaps: the channels of pixels, or the innermost
 * dimension. */
static gboolean
are_rows (const VoxelTensor *tensor, guint axis)
{
  const VoxelShape *shape = &tensor->shape;

  if (shape->n == 4 && tensor->layout == VOXEL_LAYOUT_NHWC)
    return axis == 1 && voxel_tensor_pitch (tensor) == shape->dim[1];
  return axis == shape->n - 1 && (shape->n != 4 || tensor->layout == VOXEL_LAYOUT_NCHW);
}

/**
 * voxel_cudnn_takes_layer_norm:
 * @node: a layer norm
 *
 * Returns: whether cuDNN computes it
 */
gboolean
voxel_cudnn_takes_layer_norm (const VoxelNode *node)
{
  const VoxelLayerNorm *attributes = node->attributes;

  return node->inputs[VOXEL_NORM_WEIGHT] && node->inputs[VOXEL_NORM_BIAS] &&
         are_rows (node->inputs[VOXEL_NORM_X], attributes->axis) &&
         are_rows (node->outputs[0], attributes->axis);
}

static VoxelCudnnShape
rows_of (const VoxelNode *node)
{
  const VoxelShape *shape = &node->outputs[0]->shape;
  guint axis = ((const VoxelLayerNorm *) node->attributes)->axis;
  gint64 n = 1;

  for (guint i = 0; i < shape->n; i++)
    n *= i == axis ? 1 : shape->dim[i];
  return voxel_cudnn_shape_channels_last (n, shape->dim[axis], 1, 1, shape->dim[axis]);
}

gboolean
voxel_cudnn_build_layer_norm (VoxelCudnnGraph *graph, GError **error)
{
  const VoxelNode *node = graph->node;
  const VoxelLayerNorm *attributes = node->attributes;
  const VoxelTensor *x = node->inputs[VOXEL_NORM_X], *y = node->outputs[0];
  VoxelCudnnDescriptors *all = &graph->all;
  const VoxelCudnnShape rows = rows_of (node);
  cudnnBackendDescriptor_t operation;

  if (!voxel_cudnn_takes_layer_norm (node))
    return voxel_node_unsupported (node, error, "cuDNN wants rows without gaps, a weight and a bias");
  operation = voxel_cudnn_new (all, CUDNN_BACKEND_OPERATION_NORM_FORWARD_DESCRIPTOR);
  voxel_cudnn_set_choice (all, operation, CUDNN_ATTR_OPERATION_NORM_FWD_MODE, CUDNN_TYPE_NORM_MODE,
                          CUDNN_LAYER_NORM);
  voxel_cudnn_set_choice (all, operation, CUDNN_ATTR_OPERATION_NORM_FWD_PHASE, CUDNN_TYPE_NORM_FWD_PHASE,
                          CUDNN_NORM_FWD_INFERENCE);
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_NORM_FWD_XDESC,
                              voxel_cudnn_tensor (graph,
                                                  &(VoxelCudnnOperand){VOXEL_CUDNN_INPUT, VOXEL_NORM_X},
                                                  voxel_cudnn_type (x->type), &rows));
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_NORM_FWD_SCALE_DESC,
                              voxel_cudnn_tensor_vector (graph, VOXEL_NORM_WEIGHT, CUDNN_DATA_FLOAT));
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_NORM_FWD_BIAS_DESC,
                              voxel_cudnn_tensor_vector (graph, VOXEL_NORM_BIAS, CUDNN_DATA_FLOAT));
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_NORM_FWD_EPSILON_DESC,
                              voxel_cudnn_tensor_scalar (graph, (gfloat) attributes->epsilon, 4));
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_NORM_FWD_YDESC,
                              voxel_cudnn_tensor (graph, &(VoxelCudnnOperand){VOXEL_CUDNN_OUTPUT},
                                                  voxel_cudnn_type (y->type), &rows));
  voxel_cudnn_operation (graph, operation, "a layer norm of these values");
  return TRUE;
}
