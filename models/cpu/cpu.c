/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/cpu.h"

#include "models/cpu/dnnl.h"
#include "models/cpu/isa.h"

static gboolean
cpu_probe (VoxelPrecision precision, GError **error)
{
  if (precision == VOXEL_PRECISION_FP32 || precision == VOXEL_PRECISION_BF16)
    return TRUE;
  if (precision == VOXEL_PRECISION_TF32) {
    g_set_error_literal (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                         "TF32 is of GPUs: the CPU computes in fp32 or bf16");
    return FALSE;
  }
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
               "The CPU computes in fp32 or bf16, not in %s", voxel_precision_to_name (precision));
  return FALSE;
}

static VoxelPrecision
cpu_fastest (void)
{
  return voxel_cpu_has_bf16 () ? VOXEL_PRECISION_BF16 : VOXEL_PRECISION_FP32;
}

static const VoxelKernel *const cpu_kernels[] = {
    &voxel_cpu_conv2d,   &voxel_cpu_conv2d_dnnl, &voxel_cpu_conv2d_pool, &voxel_cpu_conv_transpose2d,
    &voxel_cpu_relu,     &voxel_cpu_sigmoid,     &voxel_cpu_silu,        &voxel_cpu_leaky_relu,
    &voxel_cpu_gelu,     &voxel_cpu_max_pool2d,  &voxel_cpu_avg_pool2d,  &voxel_cpu_global_avg_pool2d,
    &voxel_cpu_pad,      &voxel_cpu_upsample,    &voxel_cpu_concat,      &voxel_cpu_add,
    &voxel_cpu_multiply, &voxel_cpu_chain,       &voxel_cpu_layer_norm,  &voxel_cpu_group_norm,
    &voxel_cpu_softmax,  &voxel_cpu_matmul,      &voxel_cpu_linear,      &voxel_cpu_attention,
    &voxel_cpu_reshape,  &voxel_cpu_transpose,   &voxel_cpu_convert,     NULL,
};

const VoxelBackend voxel_backend_cpu = {
    .name = "cpu",
    .probe = cpu_probe,
    .fastest = cpu_fastest,
    .lower = voxel_cpu_lower,
    .kernels = cpu_kernels,
};
