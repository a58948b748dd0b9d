/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"

G_BEGIN_DECLS

typedef struct _VoxelPacked VoxelPacked;

void voxel_packed_unref (VoxelPacked *packed);
guint voxel_packed_count (void);

G_END_DECLS
