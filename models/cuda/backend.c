/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/backend.h"

#include "models/cuda/cuda.h"
#include "models/cuda/cudnn-graph.h"
#include "models/cuda/kernels/work.h"
#include "models/ops/ops.h"

static gboolean
cuda_probe (VoxelPrecision precision, GError **error)
{
  return voxel_cuda_get (error) != NULL;
}

static VoxelPrecision
cuda_fastest (void)
{
  return VOXEL_PRECISION_FP16;
}

/**
 * voxel_cuda_asks_cudnn:
 * @node: a node
 * @precision: it is computed in
 *
 * Returns: whether cuDNN computes it. It has no engine that leaves floats whole in products of matrices and in
 *   attention: kernels of our own do these at fp32
 */
gboolean
voxel_cuda_asks_cudnn (const VoxelNode *node, VoxelPrecision precision)
{
  return voxel_cudnn_graph_takes (node) &&
         (precision != VOXEL_PRECISION_FP32 || !voxel_cuda_planner (node->op));
}

#define CUDNN(which, sliced) \
  static const VoxelKernel cudnn_##which = { \
      .op = &voxel_op_##which, \
      .name = "cudnn", \
      .slice = sliced, \
      .prepare = voxel_cudnn_step_prepare, \
      .release = voxel_cudnn_step_release, \
      .bind = voxel_cudnn_step_bind, \
      .unbind = voxel_cudnn_step_unbind, \
      .run = voxel_cudnn_step_run, \
  };

#define KERNEL(which, sliced) \
  static const VoxelKernel kernel_##which = { \
      .op = &voxel_op_##which, \
      .name = "kernel:" #which, \
      .slice = sliced, \
      .in_place = voxel_cuda_step_in_place, \
      .prepare = voxel_cuda_step_prepare, \
      .release = g_free, \
      .run = voxel_cuda_step_run, \
  };

#define EITHER(which, sliced) \
  CUDNN (which, sliced) \
  KERNEL (which, sliced) \
  static gboolean either_##which##_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error) \
  { \
    step->kernel = \
        voxel_cuda_asks_cudnn (step->node, prepare->target->precision) ? &cudnn_##which : &kernel_##which; \
    return step->kernel->prepare (prepare, step, error); \
  } \
  static const VoxelKernel either_##which = { \
      .op = &voxel_op_##which, \
      .name = "either:" #which, \
      .slice = sliced, \
      .prepare = either_##which##_prepare, \
  };

CUDNN (conv2d, voxel_cudnn_step_slice)
CUDNN (conv_transpose2d, voxel_cudnn_step_slice)

EITHER (attention, voxel_cudnn_step_slice)
EITHER (matmul, NULL)
EITHER (linear, NULL)

KERNEL (add, voxel_cuda_step_slice)
KERNEL (multiply, voxel_cuda_step_slice)
KERNEL (relu, voxel_cuda_step_slice)
KERNEL (sigmoid, voxel_cuda_step_slice)
KERNEL (silu, voxel_cuda_step_slice)
KERNEL (leaky_relu, voxel_cuda_step_slice)
KERNEL (gelu, voxel_cuda_step_slice)
KERNEL (convert, voxel_cuda_step_slice)
KERNEL (concat, voxel_cuda_step_slice)
KERNEL (upsample, voxel_cuda_step_slice)
KERNEL (pad, voxel_cuda_step_slice)
KERNEL (max_pool2d, voxel_cuda_step_slice)
KERNEL (avg_pool2d, voxel_cuda_step_slice)
KERNEL (softmax, voxel_cuda_step_slice)
KERNEL (layer_norm, voxel_cuda_step_slice)
KERNEL (global_avg_pool2d, voxel_cuda_step_slice)
KERNEL (group_norm, voxel_cuda_step_slice)
KERNEL (reshape, NULL)
KERNEL (transpose, NULL)

static const VoxelKernel *const cuda_kernels[] = {
    &cudnn_conv2d,
    &cudnn_conv_transpose2d,
    &either_attention,
    &either_matmul,
    &either_linear,
    &kernel_add,
    &kernel_multiply,
    &kernel_relu,
    &kernel_sigmoid,
    &kernel_silu,
    &kernel_leaky_relu,
    &kernel_gelu,
    &kernel_convert,
    &kernel_concat,
    &kernel_upsample,
    &kernel_pad,
    &kernel_max_pool2d,
    &kernel_avg_pool2d,
    &kernel_softmax,
    &kernel_layer_norm,
    &kernel_group_norm,
    &kernel_reshape,
    &kernel_global_avg_pool2d,
    &kernel_transpose,
    NULL,
};

const VoxelBackend voxel_backend_cuda = {
    .name = "cuda",
    .probe = cuda_probe,
    .fastest = cuda_fastest,
    .lower = voxel_cuda_lower,
    .kernels = cuda_kernels,
    .device = &voxel_cuda_backend_device,
};
