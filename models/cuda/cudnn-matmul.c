/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cudnn-operations.h"

typedef struct {
  gint64 batch;
  gint64 rows;
  gint64 columns;
} Matrices;

static VoxelCudnnShape
shape_of (const Matrices *m)
{
  return (VoxelCudnnShape){3, {m->batch, m->rows, m->columns}, {m->rows * m->columns, m->columns, 1}};
}

/* As stored, rows and columns changing places. */
static VoxelCudnnShape
transposed (const Matrices *m)
{
  return (VoxelCudnnShape){3, {m->batch, m->columns, m->rows}, {m->rows * m->columns, 1, m->columns}};
}

/* Leading dimensions together; a vector is a row. */
static Matrices
matrices_of (const VoxelTensor *tensor)
{
  const VoxelShape *shape = &tensor->shape;
  Matrices m = {1, shape->n > 1 ? shape->dim[shape->n - 2] : 1, shape->dim[shape->n - 1]};

  for (guint i = 0; i + 2 < shape->n; i++)
    m.batch *= shape->dim[i];
  return m;
}

static void
multiply (VoxelCudnnGraph *graph, cudnnBackendDescriptor_t a, cudnnBackendDescriptor_t b,
          cudnnBackendDescriptor_t c)
{
  VoxelCudnnDescriptors *all = &graph->all;
  cudnnBackendDescriptor_t matmul = voxel_cudnn_new (all, CUDNN_BACKEND_MATMUL_DESCRIPTOR), operation;

  voxel_cudnn_set_type (all, matmul, CUDNN_ATTR_MATMUL_COMP_TYPE, CUDNN_DATA_FLOAT);
  voxel_cudnn_finalize (all, matmul, "a matrix product");
  operation = voxel_cudnn_new (all, CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR);
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_MATMUL_ADESC, a);
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_MATMUL_BDESC, b);
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_MATMUL_CDESC, c);
  voxel_cudnn_set_descriptor (all, operation, CUDNN_ATTR_OPERATION_MATMUL_DESC, matmul);
  voxel_cudnn_operation (graph, operation, "a product of these matrices");
}

static cudnnBackendDescriptor_t
operand (VoxelCudnnGraph *graph, VoxelCudnnRole role, guint index, const VoxelCudnnShape *shape)
{
  const VoxelNode *node = graph->node;
  const VoxelTensor *tensor = role == VOXEL_CUDNN_OUTPUT ? node->outputs[0] : node->inputs[0];

  return voxel_cudnn_tensor (graph, &(VoxelCudnnOperand){role, index}, voxel_cudnn_type (tensor->type),
                             shape);
}

static gboolean
by_rows (const VoxelNode *node, GError **error)
{
  for (guint i = 0; i < 2; i++) {
    const VoxelTensor *tensor = i ? node->outputs[0] : node->inputs[0];

    if (tensor->shape.n == 4 && tensor->layout != VOXEL_LAYOUT_NCHW)
      return voxel_node_unsupported (node, error, "matrices must be in row-major order");
  }
  return TRUE;
}

gboolean
voxel_cudnn_build_matmul (VoxelCudnnGraph *graph, GError **error)
{
  const VoxelNode *node = graph->node;
  const VoxelMatmul *attributes = node->attributes;
  const Matrices a = matrices_of (node->inputs[0]), b = matrices_of (node->inputs[1]);
  const Matrices c = matrices_of (node->outputs[0]);
  const VoxelCudnnShape left = shape_of (&a), right = attributes->transpose ? transposed (&b) : shape_of (&b);
  const VoxelCudnnShape product = shape_of (&c);
  gboolean scaled = attributes->scale != 1;
  cudnnBackendDescriptor_t of_a, of_b, of_product, of_c;

  if (!by_rows (node, error))
    return FALSE;
  of_a = operand (graph, VOXEL_CUDNN_INPUT, 0, &left);
  of_b = operand (graph, VOXEL_CUDNN_INPUT, 1, &right);
  of_c = operand (graph, VOXEL_CUDNN_OUTPUT, 0, &product);
  of_product = scaled ? voxel_cudnn_tensor_virtual (graph, &product) : of_c;
  multiply (graph, of_a, of_b, of_product);
  if (scaled)
    voxel_cudnn_binary (graph, CUDNN_POINTWISE_MUL, of_product,
                        voxel_cudnn_tensor_scalar (graph, (gfloat) attributes->scale, 3), of_c);
  return TRUE;
}

/* All rows of x are one matrix. */
gboolean
voxel_cudnn_build_linear (VoxelCudnnGraph *graph, GError **error)
{
  const VoxelNode *node = graph->node;
  Matrices x = matrices_of (node->inputs[0]), w = matrices_of (node->inputs[1]), y;
  cudnnBackendDescriptor_t of_x, of_w, of_product, of_y;
  VoxelCudnnShape rows, weight, product, bias;

  if (!by_rows (node, error))
    return FALSE;
  x = (Matrices){1, x.batch * x.rows, x.columns};
  y = (Matrices){1, x.rows, w.rows};
  rows = shape_of (&x);
  weight = transposed (&w);
  product = shape_of (&y);
  bias = shape_of (&(Matrices){1, 1, w.rows});
  of_x = operand (graph, VOXEL_CUDNN_INPUT, 0, &rows);
  of_w = operand (graph, VOXEL_CUDNN_INPUT, 1, &weight);
  of_y = operand (graph, VOXEL_CUDNN_OUTPUT, 0, &product);
  of_product = node->inputs[2] ? voxel_cudnn_tensor_virtual (graph, &product) : of_y;
  multiply (graph, of_x, of_w, of_product);
  if (node->inputs[2])
    voxel_cudnn_binary (graph, CUDNN_POINTWISE_ADD, of_product, operand (graph, VOXEL_CUDNN_INPUT, 2, &bias),
                        of_y);
  return TRUE;
}
