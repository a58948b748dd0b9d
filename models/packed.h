/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"

G_BEGIN_DECLS

typedef struct _VoxelPacked VoxelPacked;

VoxelPacked *voxel_packed_get (const gchar *key, const VoxelConstant *constant, gsize size,
                               VoxelPackFunc pack, gpointer data, GError **error);
gconstpointer voxel_packed_data (const VoxelPacked *packed);
void voxel_packed_unref (VoxelPacked *packed);
guint voxel_packed_count (void);

G_END_DECLS
