/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cudnn-operations.h"

static cudnnBackendDescriptor_t
begin (VoxelCudnnGraph *graph, cudnnPointwiseMode_t mode)
{
  VoxelCudnnDescriptors *all = &graph->all;
  cudnnBackendDescriptor_t pointwise = voxel_cudnn_new (all, CUDNN_BACKEND_POINTWISE_DESCRIPTOR);

  voxel_cudnn_set_choice (all, pointwise, CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, mode);
  voxel_cudnn_set_type (all, pointwise, CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_DATA_FLOAT);
  return pointwise;
}

static void
end (VoxelCudnnGraph *graph, cudnnBackendDescriptor_t pointwise, cudnnBackendDescriptor_t x,
     cudnnBackendDescriptor_t b, cudnnBackendDescriptor_t y)
{
  VoxelCudnnDescriptors *all = &graph->all;
  cudnnBackendDescriptor_t operation = voxel_cudnn_new (all, CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);

  voxel_cudnn_finalize (all, pointwise, "a function of single values");
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, pointwise);
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_POINTWISE_XDESC, x);
  if (b)
    voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_POINTWISE_BDESC, b);
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_POINTWISE_YDESC, y);
  voxel_cudnn_operation (graph, operation, "an operation on single values");
}

/* y = a + b or a b; dimensions of 1 of @b are repeated. */
void
voxel_cudnn_binary (VoxelCudnnGraph *graph, cudnnPointwiseMode_t mode, cudnnBackendDescriptor_t a,
                    cudnnBackendDescriptor_t b, cudnnBackendDescriptor_t y)
{
  end (graph, begin (graph, mode), a, b, y);
}

void
voxel_cudnn_activation (VoxelCudnnGraph *graph, VoxelActivation activation, gfloat slope,
                        cudnnBackendDescriptor_t x, cudnnBackendDescriptor_t y)
{
  static const cudnnPointwiseMode_t modes[] = {
      [VOXEL_ACTIVATION_NONE] = CUDNN_POINTWISE_IDENTITY,
      [VOXEL_ACTIVATION_RELU] = CUDNN_POINTWISE_RELU_FWD,
      [VOXEL_ACTIVATION_LEAKY_RELU] = CUDNN_POINTWISE_RELU_FWD,
      [VOXEL_ACTIVATION_SIGMOID] = CUDNN_POINTWISE_SIGMOID_FWD,
      [VOXEL_ACTIVATION_SILU] = CUDNN_POINTWISE_SWISH_FWD,
      [VOXEL_ACTIVATION_GELU] = CUDNN_POINTWISE_GELU_FWD,
  };
  cudnnBackendDescriptor_t pointwise = begin (graph, modes[activation]);

  if (activation == VOXEL_ACTIVATION_LEAKY_RELU)
    voxel_cudnn_set_double (&graph->all, pointwise, CUDNN_ATTR_POINTWISE_RELU_LOWER_CLIP_SLOPE,
                            (gdouble) slope);
  end (graph, pointwise, x, NULL, y);
}
