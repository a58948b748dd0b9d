/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/ops/ops.h"
#include "models/ops/shapes.h"

const VoxelOp voxel_op_multiply = {
    .name = "multiply",
    .shapes = voxel_ops_broadcast,
};
