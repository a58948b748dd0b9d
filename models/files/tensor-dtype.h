/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/files/safetensors.h"

G_BEGIN_DECLS

#define VOXEL_N_DTYPES (VOXEL_DTYPE_BOOL + 1)

const gchar *voxel_dtype_to_name (VoxelDtype dtype);
gboolean voxel_dtype_from_name (const gchar *name, VoxelDtype *dtype);
gsize voxel_dtype_size (VoxelDtype dtype);
gboolean voxel_dtype_is_weight (VoxelDtype dtype);
gboolean voxel_tensor_bytes (VoxelDtype dtype, const gsize *shape, guint n_dims, gsize *bytes);

G_END_DECLS
