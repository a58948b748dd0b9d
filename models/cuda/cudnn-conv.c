/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cudnn-operations.h"

static cudnnBackendDescriptor_t
describe (VoxelCudnnGraph *graph)
{
  VoxelCudnnDescriptors *all = &graph->all;
  const VoxelConv2d *attributes = graph->node->attributes;
  cudnnBackendDescriptor_t conv = voxel_cudnn_new (all, CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
  const gint64 padding[] = {attributes->padding[0], attributes->padding[1]};
  const gint64 stride[] = {attributes->stride[0], attributes->stride[1]};
  const gint64 dilation[] = {attributes->dilation[0], attributes->dilation[1]};

  voxel_cudnn_set_type (all, conv, CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_DATA_FLOAT);
  voxel_cudnn_set_choice (all, conv, CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE,
                          CUDNN_CROSS_CORRELATION);
  voxel_cudnn_set_integer (all, conv, CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, 2);
  voxel_cudnn_set_integers (all, conv, CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, padding, 2);
  voxel_cudnn_set_integers (all, conv, CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, padding, 2);
  voxel_cudnn_set_integers (all, conv, CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, stride, 2);
  voxel_cudnn_set_integers (all, conv, CUDNN_ATTR_CONVOLUTION_DILATIONS, dilation, 2);
  return voxel_cudnn_finalize (all, conv, "a convolution");
}

/* Groups are known by the filter's channels being fewer than the picture's. */
static cudnnBackendDescriptor_t
filter (VoxelCudnnGraph *graph)
{
  const VoxelNode *node = graph->node;
  const guint *dim = node->inputs[VOXEL_CONV2D_WEIGHT]->shape.dim;
  const VoxelCudnnShape shape = voxel_cudnn_shape_channels_last (dim[0], dim[1], dim[2], dim[3], dim[1]);

  return voxel_cudnn_tensor (graph, &(VoxelCudnnOperand){VOXEL_CUDNN_INPUT, VOXEL_CONV2D_WEIGHT},
                             voxel_cudnn_type (node->inputs[VOXEL_CONV2D_X]->type), &shape);
}

static guint
count_rest (const VoxelNode *node)
{
  const VoxelConv2d *attributes = node->attributes;

  return (node->inputs[VOXEL_CONV2D_BIAS] != NULL) + (node->inputs[VOXEL_CONV2D_SUM] != NULL) +
         (attributes->activation != VOXEL_ACTIVATION_NONE);
}

/**
 * voxel_cudnn_graph_takes_joint:
 * @node: a node that cuDNN is asked for
 *
 * Returns: whether its pictures may be some channels of joint buffers; what cuDNN compiles for transposed convolutions with
 *   something after them takes pictures without gaps alone
 */
gboolean
voxel_cudnn_graph_takes_joint (const VoxelNode *node)
{
  return node->op != &voxel_op_conv_transpose2d || count_rest (node) == 0;
}

/* What follows if @left operations do after this one. */
static cudnnBackendDescriptor_t
result (VoxelCudnnGraph *graph, guint left)
{
  const guint *dim = graph->node->outputs[0]->shape.dim;
  const VoxelCudnnShape shape = voxel_cudnn_shape_channels_last (dim[0], dim[1], dim[2], dim[3], dim[1]);

  return left ? voxel_cudnn_tensor_virtual (graph, &shape) : voxel_cudnn_tensor_output (graph);
}

/* activation (y + bias + sum); stores what the last of them gives. */
static void
finish (VoxelCudnnGraph *graph, cudnnBackendDescriptor_t y)
{
  const VoxelNode *node = graph->node;
  const VoxelConv2d *attributes = node->attributes;
  guint left = count_rest (node);

  if (node->inputs[VOXEL_CONV2D_BIAS]) {
    cudnnBackendDescriptor_t bias = voxel_cudnn_tensor_vector (
        graph, VOXEL_CONV2D_BIAS, voxel_cudnn_type (node->inputs[VOXEL_CONV2D_X]->type));
    cudnnBackendDescriptor_t next = result (graph, --left);

    voxel_cudnn_binary (graph, CUDNN_POINTWISE_ADD, y, bias, next);
    y = next;
  }
  if (node->inputs[VOXEL_CONV2D_SUM]) {
    cudnnBackendDescriptor_t sum = voxel_cudnn_tensor_input (graph, VOXEL_CONV2D_SUM);
    cudnnBackendDescriptor_t next = result (graph, --left);

    voxel_cudnn_binary (graph, CUDNN_POINTWISE_ADD, y, sum, next);
    y = next;
  }
  if (attributes->activation != VOXEL_ACTIVATION_NONE)
    voxel_cudnn_activation (graph, attributes->activation, attributes->slope, y, result (graph, 0));
}

gboolean
voxel_cudnn_build_conv2d (VoxelCudnnGraph *graph, GError **error)
{
  VoxelCudnnDescriptors *all = &graph->all;
  cudnnBackendDescriptor_t y, operation;

  operation = voxel_cudnn_new (all, CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR);
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
                              describe (graph));
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
                              voxel_cudnn_tensor_input (graph, VOXEL_CONV2D_X));
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W, filter (graph));
  y = result (graph, count_rest (graph->node));
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y, y);
  voxel_cudnn_set_double (all, operation, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA, 1);
  voxel_cudnn_set_double (all, operation, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA, 0);
  voxel_cudnn_operation (graph, operation, "a convolution of these pictures");
  finish (graph, y);
  return TRUE;
}

/* A transposed convolution is the gradient of a convolution by its input: what it reads is that one's result. */
gboolean
voxel_cudnn_build_conv_transpose2d (VoxelCudnnGraph *graph, GError **error)
{
  VoxelCudnnDescriptors *all = &graph->all;
  cudnnBackendDescriptor_t y, operation;

  operation = voxel_cudnn_new (all, CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR);
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
                              describe (graph));
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,
                              voxel_cudnn_tensor_input (graph, VOXEL_CONV2D_X));
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W, filter (graph));
  y = result (graph, count_rest (graph->node));
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX, y);
  voxel_cudnn_set_double (all, operation, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA, 1);
  voxel_cudnn_set_double (all, operation, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA, 0);
  voxel_cudnn_operation (graph, operation, "a transposed convolution of these pictures");
  finish (graph, y);
  return TRUE;
}
