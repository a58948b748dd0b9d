/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/backend.h"

#include "models/cuda/cuda.h"
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

#define KERNEL(which, sliced) KERNEL_OF (which, voxel_op_##which, sliced)
#define KERNEL_OF(which, operator, sliced) \
  static const VoxelKernel kernel_##which = { \
      .op = &operator, \
      .name = "kernel:" #which, \
      .slice = sliced, \
      .in_place = voxel_cuda_step_in_place, \
      .prepare = voxel_cuda_step_prepare, \
      .release = g_free, \
      .run = voxel_cuda_step_run, \
  };

CUDNN (conv2d, voxel_cudnn_step_slice)
CUDNN (conv_transpose2d, voxel_cudnn_step_slice)
CUDNN (attention, voxel_cudnn_step_slice)
CUDNN (matmul, NULL)
CUDNN (linear, NULL)

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
KERNEL_OF (attention, voxel_cuda_op_attention, voxel_cuda_step_slice)
KERNEL (softmax, voxel_cuda_step_slice)
KERNEL (layer_norm, voxel_cuda_step_slice)
KERNEL (global_avg_pool2d, voxel_cuda_step_slice)
KERNEL (group_norm, voxel_cuda_step_slice)
KERNEL (reshape, NULL)
KERNEL (transpose, NULL)

static const VoxelKernel *const cuda_kernels[] = {
    &cudnn_conv2d,      &cudnn_conv_transpose2d,
    &cudnn_attention,   &cudnn_matmul,
    &cudnn_linear,      &kernel_add,
    &kernel_multiply,   &kernel_relu,
    &kernel_sigmoid,    &kernel_silu,
    &kernel_leaky_relu, &kernel_gelu,
    &kernel_convert,    &kernel_concat,
    &kernel_upsample,   &kernel_pad,
    &kernel_max_pool2d, &kernel_avg_pool2d,
    &kernel_attention,  &kernel_softmax,
    &kernel_layer_norm, &kernel_group_norm,
    &kernel_reshape,    &kernel_global_avg_pool2d,
    &kernel_transpose,  NULL,
};

const VoxelBackend voxel_backend_cuda = {
    .name = "cuda",
    .probe = cuda_probe,
    .fastest = cuda_fastest,
    .lower = voxel_cuda_lower,
    .kernels = cuda_kernels,
    .device = &voxel_cuda_backend_device,
};
