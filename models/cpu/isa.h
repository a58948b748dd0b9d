/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cpu/kernels.h"

G_BEGIN_DECLS

const VoxelCpuKernels *voxel_cpu_kernels (void);
gboolean voxel_cpu_has_bf16 (void);
gboolean voxel_cpu_has_fast_pairs (void);

G_END_DECLS
