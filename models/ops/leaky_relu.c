/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

const VoxelOp voxel_op_leaky_relu = {
    .name = "leaky_relu",
    .attributes_size = sizeof (VoxelLeakyRelu),
    .shapes = voxel_ops_same_shape,
};
