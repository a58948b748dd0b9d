/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/stream/voxel.h"
#include "models/random.h"

G_BEGIN_DECLS

void gst_voxel_sample_random (VoxelRandom *random, guint64 seed, const gchar *purpose,
                              const GstVoxelSliceMeta *slice, const GstVoxelTileMeta *tile);

G_END_DECLS
