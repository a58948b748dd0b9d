/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/random.h"

G_BEGIN_DECLS

void voxel_volume_plane_draw (VoxelRandom *random, const guint shape[3], guint width, guint height,
                              gdouble plane[3][3]);

G_END_DECLS
