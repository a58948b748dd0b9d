/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cuda/cudnn-graph.h"
#include "models/ops/ops.h"

G_BEGIN_DECLS

/* How operators become operations of cuDNN's; a table in cudnn-graph.c says which function builds which. */
typedef gboolean (*VoxelCudnnBuild) (VoxelCudnnGraph *graph, GError **error);

/* cudnn-tensor.c */
#define VOXEL_CUDNN_MAX_DIMS 4

typedef struct {
  guint n;
  gint64 dim[VOXEL_CUDNN_MAX_DIMS];
  gint64 stride[VOXEL_CUDNN_MAX_DIMS];
} VoxelCudnnShape;

cudnnDataType_t voxel_cudnn_type (VoxelDtype type);
VoxelCudnnShape voxel_cudnn_shape_channels_last (gint64 n, gint64 c, gint64 h, gint64 w, gint64 pitch);
VoxelCudnnShape voxel_cudnn_shape_picture (const VoxelTensor *tensor);
cudnnBackendDescriptor_t voxel_cudnn_tensor (VoxelCudnnGraph *graph, const VoxelCudnnOperand *operand,
                                             cudnnDataType_t type, const VoxelCudnnShape *shape);
cudnnBackendDescriptor_t voxel_cudnn_tensor_virtual (VoxelCudnnGraph *graph, const VoxelCudnnShape *shape);
cudnnBackendDescriptor_t voxel_cudnn_tensor_scalar (VoxelCudnnGraph *graph, gfloat value, guint n_dims);
cudnnBackendDescriptor_t voxel_cudnn_tensor_input (VoxelCudnnGraph *graph, guint index);
cudnnBackendDescriptor_t voxel_cudnn_tensor_output (VoxelCudnnGraph *graph);
cudnnBackendDescriptor_t voxel_cudnn_tensor_vector (VoxelCudnnGraph *graph, guint index,
                                                    cudnnDataType_t type);
void voxel_cudnn_operation (VoxelCudnnGraph *graph, cudnnBackendDescriptor_t operation, const gchar *what);

/* cudnn-pointwise.c */
void voxel_cudnn_binary (VoxelCudnnGraph *graph, cudnnPointwiseMode_t mode, cudnnBackendDescriptor_t a,
                         cudnnBackendDescriptor_t b, cudnnBackendDescriptor_t y);
void voxel_cudnn_activation (VoxelCudnnGraph *graph, VoxelActivation activation, gfloat slope,
                             cudnnBackendDescriptor_t x, cudnnBackendDescriptor_t y);

gboolean voxel_cudnn_build_conv2d (VoxelCudnnGraph *graph, GError **error);
gboolean voxel_cudnn_build_conv_transpose2d (VoxelCudnnGraph *graph, GError **error);
gboolean voxel_cudnn_build_matmul (VoxelCudnnGraph *graph, GError **error);
gboolean voxel_cudnn_build_linear (VoxelCudnnGraph *graph, GError **error);
gboolean voxel_cudnn_build_attention (VoxelCudnnGraph *graph, GError **error);

G_END_DECLS
