/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/dnnl.h"

const VoxelOp voxel_cpu_op_conv2d_dnnl = {.name = "conv2d"};
const VoxelKernel voxel_cpu_conv2d_dnnl = {.op = &voxel_cpu_op_conv2d_dnnl, .name = "none"};

gboolean
voxel_cpu_dnnl_wanted (const VoxelNode *node)
{
  return FALSE;
}
