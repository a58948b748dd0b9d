/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"
#include "models/ops/ops.h"

G_BEGIN_DECLS

gboolean voxel_cpu_lower (VoxelGraph *graph, const VoxelTarget *target, GError **error);

extern const VoxelKernel voxel_cpu_conv2d;
extern const VoxelKernel voxel_cpu_conv2d_pool;
extern const VoxelKernel voxel_cpu_conv_transpose2d;
extern const VoxelKernel voxel_cpu_relu;
extern const VoxelKernel voxel_cpu_sigmoid;
extern const VoxelKernel voxel_cpu_silu;
extern const VoxelKernel voxel_cpu_leaky_relu;
extern const VoxelKernel voxel_cpu_gelu;
extern const VoxelKernel voxel_cpu_max_pool2d;
extern const VoxelKernel voxel_cpu_avg_pool2d;
extern const VoxelKernel voxel_cpu_global_avg_pool2d;
extern const VoxelKernel voxel_cpu_pad;
extern const VoxelKernel voxel_cpu_upsample;
extern const VoxelKernel voxel_cpu_concat;
extern const VoxelKernel voxel_cpu_add;
extern const VoxelKernel voxel_cpu_layer_norm;
extern const VoxelKernel voxel_cpu_group_norm;
extern const VoxelKernel voxel_cpu_softmax;
extern const VoxelKernel voxel_cpu_matmul;
extern const VoxelKernel voxel_cpu_linear;
extern const VoxelKernel voxel_cpu_attention;
extern const VoxelKernel voxel_cpu_reshape;
extern const VoxelKernel voxel_cpu_transpose;
extern const VoxelKernel voxel_cpu_multiply;
extern const VoxelKernel voxel_cpu_chain;
extern const VoxelKernel voxel_cpu_convert;

G_END_DECLS
