/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cpu/cpu.h"
#include "models/cpu/kernels.h"

G_BEGIN_DECLS

gboolean voxel_cpu_axis (const VoxelNode *node, guint dimension, VoxelCpuAxis *axis, GError **error);
gsize voxel_cpu_axis_parts (const VoxelCpuAxis *axis);

G_END_DECLS
