/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cpu/conv.h"

G_BEGIN_DECLS

gboolean voxel_cpu_conv_grouped (const VoxelCpuConv *conv);
gboolean voxel_cpu_conv_grouped_prepare (VoxelPrepare *prepare, VoxelCpuConvState *state, VoxelStep *step,
                                         GError **error);
gboolean voxel_cpu_conv_grouped_pairs (const VoxelCpuConv *conv);
gboolean voxel_cpu_conv_grouped_pairs_prepare (VoxelPrepare *prepare, VoxelCpuConvState *state,
                                               VoxelStep *step, GError **error);
gboolean voxel_cpu_conv_depthwise (const VoxelCpuConv *conv);
gboolean voxel_cpu_conv_depthwise_prepare (VoxelPrepare *prepare, VoxelCpuConvState *state, VoxelStep *step,
                                           GError **error);
gboolean voxel_cpu_conv_vector_bias (VoxelPrepare *prepare, VoxelCpuConvState *state, VoxelStep *step,
                                     GError **error);

G_END_DECLS
