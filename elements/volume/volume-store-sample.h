/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "volume-store.h"

G_BEGIN_DECLS

/**
 * VoxelVolumeStoreSampling:
 * @VOXEL_VOLUME_STORE_NEAREST: the nearest voxel, for labels
 * @VOXEL_VOLUME_STORE_LINEAR: between the eight around, for intensities
 */
typedef enum {
  VOXEL_VOLUME_STORE_NEAREST,
  VOXEL_VOLUME_STORE_LINEAR,
} VoxelVolumeStoreSampling;

gboolean voxel_volume_store_sample (VoxelVolumeStore *store, const gdouble plane[3][3], guint width,
                                    guint height, VoxelVolumeStoreSampling sampling, void *pixels,
                                    gsize stride, GError **error);

G_END_DECLS
