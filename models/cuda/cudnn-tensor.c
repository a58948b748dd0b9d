/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cudnn-operations.h"
#include "models/files/tensor-dtype.h"

/* Where memory begins at worst: arena offsets are multiples of 64. */
#define ALIGNMENT 16

/* -1 for what cuDNN does not compute with: it refuses that itself, by name. */
cudnnDataType_t
voxel_cudnn_type (VoxelDtype type)
{
  if (type == VOXEL_DTYPE_F16)
    return CUDNN_DATA_HALF;
  if (type == VOXEL_DTYPE_BF16)
    return CUDNN_DATA_BFLOAT16;
  return type == VOXEL_DTYPE_F32 ? CUDNN_DATA_FLOAT : (cudnnDataType_t) -1;
}

/* Logical order N, C, H, W; neighbouring pixels @pitch elements apart. */
VoxelCudnnShape
voxel_cudnn_shape_channels_last (gint64 n, gint64 c, gint64 h, gint64 w, gint64 pitch)
{
  return (VoxelCudnnShape){4, {n, c, h, w}, {pitch * h * w, 1, pitch * w, pitch}};
}

/**
 * voxel_cudnn_shape_picture:
 * @tensor: a tensor of four dimensions, perhaps some channels of a joint one
 *
 * Returns: its dimensions, and the strides of its layout
 */
VoxelCudnnShape
voxel_cudnn_shape_picture (const VoxelTensor *tensor)
{
  const guint *dim = tensor->shape.dim;
  gint64 plane = (gint64) dim[2] * dim[3], channels = voxel_tensor_root (tensor)->shape.dim[1];

  if (tensor->layout == VOXEL_LAYOUT_NHWC)
    return voxel_cudnn_shape_channels_last (dim[0], dim[1], dim[2], dim[3],
                                            (gint64) voxel_tensor_pitch (tensor));
  return (VoxelCudnnShape){4, {dim[0], dim[1], dim[2], dim[3]}, {channels * plane, plane, dim[3], 1}};
}

static cudnnBackendDescriptor_t
begin (VoxelCudnnGraph *graph, gint64 id, cudnnDataType_t type, const VoxelCudnnShape *shape, gsize alignment)
{
  VoxelCudnnDescriptors *all = &graph->all;
  cudnnBackendDescriptor_t tensor = voxel_cudnn_new (all, CUDNN_BACKEND_TENSOR_DESCRIPTOR);

  voxel_cudnn_set_type (all, tensor, CUDNN_ATTR_TENSOR_DATA_TYPE, type);
  voxel_cudnn_set_integers (all, tensor, CUDNN_ATTR_TENSOR_DIMENSIONS, shape->dim, shape->n);
  voxel_cudnn_set_integers (all, tensor, CUDNN_ATTR_TENSOR_STRIDES, shape->stride, shape->n);
  voxel_cudnn_set_integer (all, tensor, CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, (gint64) alignment);
  voxel_cudnn_set_integer (all, tensor, CUDNN_ATTR_TENSOR_UNIQUE_ID, id);
  return tensor;
}

/* The largest power of two that divides where an operand begins. */
static gsize
alignment_of (const VoxelCudnnGraph *graph, const VoxelCudnnOperand *operand)
{
  const VoxelTensor *tensor;
  gsize begin_at;

  if (operand->role == VOXEL_CUDNN_SCALAR)
    return sizeof (gfloat);
  tensor = operand->role == VOXEL_CUDNN_INPUT ? graph->node->inputs[operand->index]
                                              : graph->node->outputs[operand->index];
  begin_at = operand->offset + (tensor->constant ? 0 : voxel_tensor_joint_offset (tensor));
  return MIN (begin_at ? begin_at & -begin_at : ALIGNMENT, ALIGNMENT);
}

/**
 * voxel_cudnn_tensor:
 * @graph: a graph
 * @operand: whose address cuDNN will be given
 * @type: of its elements
 * @shape: dimensions and strides as the operation sees them
 *
 * Returns: (transfer none): the tensor
 */
cudnnBackendDescriptor_t
voxel_cudnn_tensor (VoxelCudnnGraph *graph, const VoxelCudnnOperand *operand, cudnnDataType_t type,
                    const VoxelCudnnShape *shape)
{
  cudnnBackendDescriptor_t tensor;

  g_array_append_val (graph->operands, *operand);
  tensor = begin (graph, graph->operands->len, type, shape, alignment_of (graph, operand));
  if (operand->role == VOXEL_CUDNN_SCALAR)
    voxel_cudnn_set_true (&graph->all, tensor, CUDNN_ATTR_TENSOR_IS_BY_VALUE);
  return voxel_cudnn_finalize (&graph->all, tensor, "a tensor");
}

/**
 * voxel_cudnn_tensor_virtual:
 * @graph: a graph
 * @shape: of a value between two operations
 *
 * Returns: (transfer none): a tensor in float that is never in memory
 */
cudnnBackendDescriptor_t
voxel_cudnn_tensor_virtual (VoxelCudnnGraph *graph, const VoxelCudnnShape *shape)
{
  cudnnBackendDescriptor_t tensor =
      begin (graph, -1 - (gint64) graph->all.made->len, CUDNN_DATA_FLOAT, shape, ALIGNMENT);

  voxel_cudnn_set_true (&graph->all, tensor, CUDNN_ATTR_TENSOR_IS_VIRTUAL);
  return voxel_cudnn_finalize (&graph->all, tensor, "a tensor between operations");
}

cudnnBackendDescriptor_t
voxel_cudnn_tensor_scalar (VoxelCudnnGraph *graph, gfloat value, guint n_dims)
{
  const VoxelCudnnShape shape = {n_dims, {1, 1, 1, 1}, {1, 1, 1, 1}};

  return voxel_cudnn_tensor (graph, &(VoxelCudnnOperand){VOXEL_CUDNN_SCALAR, .value = value},
                             CUDNN_DATA_FLOAT, &shape);
}

/* A picture that the node reads. */
cudnnBackendDescriptor_t
voxel_cudnn_tensor_input (VoxelCudnnGraph *graph, guint index)
{
  const VoxelTensor *tensor = graph->node->inputs[index];
  const VoxelCudnnShape shape = voxel_cudnn_shape_picture (tensor);

  return voxel_cudnn_tensor (graph, &(VoxelCudnnOperand){VOXEL_CUDNN_INPUT, index},
                             voxel_cudnn_type (tensor->type), &shape);
}

/* The picture that the node writes. */
cudnnBackendDescriptor_t
voxel_cudnn_tensor_output (VoxelCudnnGraph *graph)
{
  const VoxelTensor *tensor = graph->node->outputs[0];
  const VoxelCudnnShape shape = voxel_cudnn_shape_picture (tensor);

  return voxel_cudnn_tensor (graph, &(VoxelCudnnOperand){VOXEL_CUDNN_OUTPUT}, voxel_cudnn_type (tensor->type),
                             &shape);
}

/* A constant with a value a channel. */
cudnnBackendDescriptor_t
voxel_cudnn_tensor_vector (VoxelCudnnGraph *graph, guint index, cudnnDataType_t type)
{
  gint64 channels = graph->node->inputs[index]->shape.dim[0];
  const VoxelCudnnShape shape = voxel_cudnn_shape_channels_last (1, channels, 1, 1, channels);

  return voxel_cudnn_tensor (graph, &(VoxelCudnnOperand){VOXEL_CUDNN_INPUT, index}, type, &shape);
}

void
voxel_cudnn_operation (VoxelCudnnGraph *graph, cudnnBackendDescriptor_t operation, const gchar *what)
{
  g_ptr_array_add (graph->operations, voxel_cudnn_finalize (&graph->all, operation, what));
}
