/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/kernels/pointwise.h"

G_STATIC_ASSERT ((guint) VOXEL_CUDA_NONE == VOXEL_ACTIVATION_NONE);
G_STATIC_ASSERT ((guint) VOXEL_CUDA_LEAKY_RELU == VOXEL_ACTIVATION_LEAKY_RELU);
G_STATIC_ASSERT ((guint) VOXEL_CUDA_GELU == VOXEL_ACTIVATION_GELU);

/* Of N, H, W, C. */
static void
picture_strides (const VoxelTensor *tensor, gsize *strides)
{
  gsize height = tensor->shape.dim[2], width = tensor->shape.dim[3];

  if (tensor->layout == VOXEL_LAYOUT_NHWC || tensor->constant) {
    gsize pitch = tensor->constant ? tensor->shape.dim[1] : voxel_tensor_pitch (tensor);

    strides[0] = height * width * pitch;
    strides[1] = width * pitch;
    strides[2] = pitch;
    strides[3] = 1;
    return;
  }
  strides[0] = height * width * tensor->shape.dim[1];
  strides[1] = width;
  strides[2] = 1;
  strides[3] = height * width;
}

/**
 * voxel_cuda_lie:
 * @node: for the message
 * @tensor: an operand of @node
 * @lie: (out): how it lies in memory
 * @error: that no kernel takes its type or layout
 */
gboolean
voxel_cuda_lie (const VoxelNode *node, const VoxelTensor *tensor, VoxelCudaLie *lie, GError **error)
{
  static const guint order[4] = {0, 2, 3, 1};
  const VoxelShape *shape = &tensor->shape;
  guint first = VOXEL_CUDA_DIMS - shape->n;

  if (voxel_layout_block (tensor->layout) > 1)
    return voxel_node_unsupported (node, error, "%s is in layout %s", tensor->name,
                                   voxel_layout_to_name (tensor->layout));
  if (!voxel_cuda_type (node, tensor, &lie->type, error))
    return FALSE;
  lie->offset = tensor->layout == VOXEL_LAYOUT_NHWC ? tensor->joint_channel : 0;
  for (guint i = 0; i < first; i++) {
    lie->dim[i] = 1;
    lie->stride[i] = 0;
  }
  for (guint i = 0; i < shape->n; i++)
    lie->dim[first + i] = shape->dim[shape->n == 4 ? order[i] : i];
  if (shape->n == 4) {
    picture_strides (tensor, lie->stride + first);
    return TRUE;
  }
  for (gsize i = VOXEL_CUDA_DIMS, stride = 1; i-- > first; stride *= lie->dim[i])
    lie->stride[i] = stride;
  return TRUE;
}

/* Dimensions of one are left out and those put together that all operands step through as if they were one. */
static void
merge (VoxelCudaPointwise *params)
{
  guint n = 0;

  for (guint d = 0; d < VOXEL_CUDA_DIMS; d++) {
    guint dim = params->dim[d];
    gboolean one = n > 0;

    if (dim == 1)
      continue;
    for (guint i = 0; i < 2 && one; i++)
      one = params->in[i][n - 1] == params->in[i][d] * dim;
    one = one && params->out[n - 1] == params->out[d] * dim;
    n -= one ? 1 : 0;
    params->dim[n] = dim * (one ? params->dim[n] : 1);
    for (guint i = 0; i < 2; i++)
      params->in[i][n] = params->in[i][d];
    params->out[n++] = params->out[d];
  }
  params->n_dims = n;
}

/* Scalars too have a dimension. */
static void
keep_one (VoxelCudaPointwise *params)
{
  if (params->n_dims > 0)
    return;
  params->n_dims = params->dim[0] = 1;
  params->in[0][0] = params->in[1][0] = params->out[0] = 1;
}

static gboolean
in_vectors (const VoxelCudaPointwise *params, const gsize *strides, gsize offset, guint lanes)
{
  guint last = params->n_dims - 1;

  if (strides[last] == 0)
    return TRUE;
  if (strides[last] != 1 || offset % lanes)
    return FALSE;
  for (guint d = 0; d < last; d++)
    if (strides[d] % lanes)
      return FALSE;
  return TRUE;
}

static VoxelCudaType
form_of (const VoxelCudaPointwise *params, const VoxelCudaLie *lies, guint n, const VoxelCudaLie *out)
{
  guint lanes = VOXEL_CUDA_LANES (out->type);

  if (params->dim[params->n_dims - 1] % lanes || params->out[params->n_dims - 1] != 1 ||
      !in_vectors (params, params->out, out->offset, lanes))
    return VOXEL_CUDA_ANY;
  for (guint i = 0; i < n; i++)
    if (lies[i].type != out->type || !in_vectors (params, params->in[i], lies[i].offset, lanes))
      return VOXEL_CUDA_ANY;
  return out->type;
}

/* The innermost dimension in vectors. */
static void
take_vectors (VoxelCudaPointwise *params, guint lanes)
{
  guint last = params->n_dims - 1;

  params->dim[last] /= lanes;
  params->out[last] *= lanes;
  for (guint i = 0; i < 2; i++)
    params->in[i][last] *= lanes;
}

/**
 * voxel_cuda_map:
 * @node: for the message
 * @work: gets a launch of the pointwise kernel, that copies
 * @lies: operands, whose dimensions are the result's or 1
 * @n: of them, at most 2
 * @out: the result
 * @call: (out): the launch
 * @error: that there are more elements than it takes
 */
gboolean
voxel_cuda_map (const VoxelNode *node, VoxelCudaWork *work, const VoxelCudaLie *lies, guint n,
                const VoxelCudaLie *out, VoxelCudaCall **call, GError **error)
{
  VoxelCudaPointwise *params;
  gsize elements = 1;

  *call = voxel_cuda_call (work, VOXEL_CUDA_KERNEL_POINTWISE, VOXEL_CUDA_ANY);
  params = &(*call)->params.pointwise;
  for (guint d = 0; d < VOXEL_CUDA_DIMS; d++) {
    params->dim[d] = out->dim[d];
    params->out[d] = out->stride[d];
    for (guint i = 0; i < n; i++)
      params->in[i][d] = lies[i].dim[d] == 1 ? 0 : lies[i].stride[d];
    elements *= out->dim[d];
  }
  for (guint i = 0; i < n; i++)
    params->in_type[i] = lies[i].type;
  params->out_type = out->type;
  merge (params);
  keep_one (params);
  (*call)->launch.type = form_of (params, lies, n, out);
  take_vectors (params, VOXEL_CUDA_LANES ((*call)->launch.type));
  elements /= VOXEL_CUDA_LANES ((*call)->launch.type);
  if (!voxel_cuda_each (node, *call, elements, 1, error))
    return FALSE;
  params->elements = elements;
  return TRUE;
}

/**
 * voxel_cuda_plan_pointwise:
 * @node: an addition, a product, an activation or a conversion
 * @work: to fill
 * @error: what its kernel does not take
 */
gboolean
voxel_cuda_plan_pointwise (const VoxelNode *node, VoxelCudaWork *work, GError **error)
{
  VoxelCudaLie lies[2], out;
  VoxelCudaCall *call;

  for (guint i = 0; i < node->n_inputs; i++)
    if (!voxel_cuda_lie (node, node->inputs[i], &lies[i], error))
      return FALSE;
  if (!voxel_cuda_lie (node, node->outputs[0], &out, error) ||
      !voxel_cuda_map (node, work, lies, node->n_inputs, &out, &call, error))
    return FALSE;
  if (node->n_inputs == 2) {
    call->inputs[1] = 1;
    call->params.pointwise.combine = node->op == &voxel_op_add ? VOXEL_CUDA_ADD : VOXEL_CUDA_MULTIPLY;
  }
  call->params.pointwise.activation =
      (VoxelCudaActivation) voxel_node_activation (node, &call->params.pointwise.slope);
  return TRUE;
}
