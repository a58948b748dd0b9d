/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"
#include "models/cpu/kernels.h"

G_BEGIN_DECLS

gboolean voxel_cpu_rows (const VoxelNode *node, const VoxelTensor *tensor, VoxelCpuView *view,
                         GError **error);
gboolean voxel_cpu_view (const VoxelNode *node, const VoxelTensor *tensor, VoxelCpuView *view,
                         GError **error);
guint voxel_cpu_pictures (const VoxelTensor *tensor);
gsize voxel_cpu_view_bytes (const VoxelCpuView *view);
gboolean voxel_cpu_slice (const VoxelNode *node, VoxelSide side, guint index, const VoxelTensor *joint,
                          guint channel);
gint voxel_cpu_in_place (const VoxelNode *node);
gchar *voxel_cpu_implementation (const gchar *method);

G_END_DECLS
