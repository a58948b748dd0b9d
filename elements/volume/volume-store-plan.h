/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "brick-move.h"

G_BEGIN_DECLS

/**
 * VoxelVolumeStorePlan:
 * @layers_in_memory: layers of bricks (64 z slices each) that stay in memory; those above go to the scratch
 * file
 * @slab_bytes: memory for neighbouring slices that pass between bricks and callers together
 * @workers: threads that may move bricks at the same time, 1 or more
 * @scratch_bytes: that the scratch file will take, 0 for none or where the depth is unknown
 *
 * How a memory limit is spent.
 */
typedef struct {
  guint64 layers_in_memory;
  guint64 slab_bytes;
  guint workers;
  guint64 scratch_bytes;
} VoxelVolumeStorePlan;

guint64 voxel_volume_store_plan_layer_bytes (const guint shape[3], guint voxel_bits);
guint voxel_volume_store_plan_pitch (const guint shape[3], guint axis);
guint64 voxel_volume_store_plan_slice (const guint shape[3], guint axis);
guint64 voxel_volume_store_plan_slice_bytes (const guint shape[3], guint voxel_bits, guint axis);
void voxel_volume_store_plan (const guint shape[3], guint voxel_bits, guint64 memory_limit,
                              VoxelVolumeStorePlan *plan);
guint voxel_volume_store_plan_slab (const VoxelVolumeStorePlan *plan, guint64 slice_bytes);
void voxel_volume_store_plan_set_no_memory (const guint shape[3], guint64 size, GError **error);

G_END_DECLS
