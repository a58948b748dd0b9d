/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/picture.h"
#include "models/cpu/pointwise.h"

const VoxelKernel voxel_cpu_leaky_relu = {
    .op = &voxel_op_leaky_relu,
    .name = "leaky_relu",
    .slice = voxel_cpu_slice,
    .in_place = voxel_cpu_in_place,
    .prepare = voxel_cpu_pointwise_prepare,
    .release = g_free,
    .run = voxel_cpu_pointwise_run,
};
