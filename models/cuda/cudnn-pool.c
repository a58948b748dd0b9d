/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cudnn-operations.h"

typedef struct {
  cudnnResampleMode_t mode;
  cudnnPaddingMode_t padded_with;
  const guint *kernel;
  const guint *stride;
  const guint *padding;
} Pool;

/* Windows that end behind the picture (ceil mode) need more padding there than before it. */
static void
fill (VoxelCudnnGraph *graph, cudnnBackendDescriptor_t resample, const Pool *pool)
{
  VoxelCudnnDescriptors *all = &graph->all;
  const guint *in = graph->node->inputs[0]->shape.dim, *out = graph->node->outputs[0]->shape.dim;
  gint64 window[2], stride[2], before[2], after[2];

  for (guint i = 0; i < 2; i++) {
    window[i] = pool->kernel[i];
    stride[i] = pool->stride[i];
    before[i] = pool->padding[i];
    after[i] = MAX ((out[2 + i] - 1) * stride[i] + window[i] - before[i] - in[2 + i], 0);
  }
  voxel_cudnn_set_whole_fractions (all, resample, CUDNN_ATTR_RESAMPLE_WINDOW_DIMS, window, 2);
  voxel_cudnn_set_whole_fractions (all, resample, CUDNN_ATTR_RESAMPLE_STRIDES, stride, 2);
  voxel_cudnn_set_whole_fractions (all, resample, CUDNN_ATTR_RESAMPLE_PRE_PADDINGS, before, 2);
  voxel_cudnn_set_whole_fractions (all, resample, CUDNN_ATTR_RESAMPLE_POST_PADDINGS, after, 2);
}

static gboolean
build (VoxelCudnnGraph *graph, const Pool *pool)
{
  VoxelCudnnDescriptors *all = &graph->all;
  cudnnBackendDescriptor_t resample = voxel_cudnn_new (all, CUDNN_BACKEND_RESAMPLE_DESCRIPTOR), operation;

  voxel_cudnn_set_choice (all, resample, CUDNN_ATTR_RESAMPLE_MODE, CUDNN_TYPE_RESAMPLE_MODE, pool->mode);
  voxel_cudnn_set_choice (all, resample, CUDNN_ATTR_RESAMPLE_PADDING_MODE, CUDNN_TYPE_PADDING_MODE,
                          pool->padded_with);
  voxel_cudnn_set_type (all, resample, CUDNN_ATTR_RESAMPLE_COMP_TYPE, CUDNN_DATA_FLOAT);
  voxel_cudnn_set_integer (all, resample, CUDNN_ATTR_RESAMPLE_SPATIAL_DIMS, 2);
  fill (graph, resample, pool);
  voxel_cudnn_finalize (all, resample, "a pooling");
  operation = voxel_cudnn_new (all, CUDNN_BACKEND_OPERATION_RESAMPLE_FWD_DESCRIPTOR);
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_RESAMPLE_FWD_DESC, resample);
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_RESAMPLE_FWD_XDESC,
                              voxel_cudnn_tensor_input (graph, 0));
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_RESAMPLE_FWD_YDESC,
                              voxel_cudnn_tensor_output (graph));
  voxel_cudnn_operation (graph, operation, "a pooling of these pictures");
  return TRUE;
}

gboolean
voxel_cudnn_build_max_pool2d (VoxelCudnnGraph *graph, GError **error)
{
  const VoxelMaxPool2d *attributes = graph->node->attributes;
  const Pool pool = {CUDNN_RESAMPLE_MAXPOOL, CUDNN_NEG_INF_PAD, attributes->kernel, attributes->stride,
                     attributes->padding};

  if (attributes->copy)
    return voxel_node_unsupported (graph->node, error, "cuDNN does not copy what it pools");
  return build (graph, &pool);
}

gboolean
voxel_cudnn_build_avg_pool2d (VoxelCudnnGraph *graph, GError **error)
{
  const VoxelAvgPool2d *attributes = graph->node->attributes;
  const Pool pool = {attributes->count_padding ? CUDNN_RESAMPLE_AVGPOOL_INCLUDE_PADDING
                                               : CUDNN_RESAMPLE_AVGPOOL_EXCLUDE_PADDING,
                     CUDNN_ZERO_PAD, attributes->kernel, attributes->stride, attributes->padding};

  return build (graph, &pool);
}
