/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"

G_BEGIN_DECLS

/* Convolutions by oneDNN, to compare own kernels with. Without oneDNN at build time dnnl-stubs.c says that there
 * are none. */

gboolean voxel_cpu_dnnl_wanted (const VoxelNode *node);

/* As conv2d, in memory of its own: oneDNN has no fast kernels for slices of joint buffers. */
extern const VoxelOp voxel_cpu_op_conv2d_dnnl;
extern const VoxelKernel voxel_cpu_conv2d_dnnl;

G_END_DECLS
