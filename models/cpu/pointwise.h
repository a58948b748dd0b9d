/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cpu/cpu.h"
#include "models/cpu/kernels.h"

G_BEGIN_DECLS

/* What the operators share that compute each value of the result from those at the same place, where dimensions
 * of 1 are repeated. */

gboolean voxel_cpu_pointwise_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error);
gboolean voxel_cpu_pointwise_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding,
                                  GError **error);
void voxel_cpu_copy (const VoxelCpuView *src, const VoxelCpuView *dst, const void *from, void *to);

G_END_DECLS
