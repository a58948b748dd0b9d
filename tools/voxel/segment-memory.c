/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/volume/volume-store-plan.h"
#include "segment-memory.h"

/* What holds all of it in memory, with as many slices at once as pay. */
static gdouble
all_in_memory (const guint shape[3], guint bits)
{
  gdouble layers = (gdouble) (((guint64) shape[0] + VOXEL_BRICK_SIDE - 1) / VOXEL_BRICK_SIDE);
  guint64 slice = 0;

  if (bits == 0)
    return 0.;
  for (guint axis = 0; axis < 3; axis++)
    slice = MAX (slice, voxel_volume_store_plan_slice_bytes (shape, bits, axis));
  return layers * (gdouble) voxel_volume_store_plan_layer_bytes (shape, bits) +
         VOXEL_BRICK_SIDE * (gdouble) slice;
}

/**
 * voxel_segment_memory_share:
 * @shape: voxels along z, y, x
 * @limit: bytes for all of them together
 * @holders: (array length=n): their bits; gets their limits
 * @n: how many there are
 *
 * Shares in proportion to what each would take to hold everything.
 */
void
voxel_segment_memory_share (const guint shape[3], guint64 limit, VoxelSegmentHolder *holders, gsize n)
{
  gdouble all = 0.;

  for (gsize i = 0; i < n; i++)
    all += all_in_memory (shape, holders[i].bits);
  for (gsize i = 0; i < n; i++)
    holders[i].memory_limit = (guint64) ((gdouble) limit * (all_in_memory (shape, holders[i].bits) / all));
}

/**
 * voxel_segment_memory_plan:
 * @shape: voxels along z, y, x
 * @holders: (array length=n): their bits and limits; gets their scratch files' sizes
 * @n: how many there are
 */
void
voxel_segment_memory_plan (const guint shape[3], VoxelSegmentHolder *holders, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    VoxelVolumeStorePlan plan = {0};

    if (holders[i].bits > 0)
      voxel_volume_store_plan (shape, holders[i].bits, holders[i].memory_limit, &plan);
    holders[i].scratch_bytes = plan.scratch_bytes;
  }
}
