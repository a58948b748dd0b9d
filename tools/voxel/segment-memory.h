/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelSegmentHolder:
 * @bits: of a voxel, 0 where nothing is held
 * @memory_limit: bytes of memory that it may take
 * @scratch_bytes: of the file that holds the rest
 *
 * One of the elements that hold a volume.
 */
typedef struct {
  guint bits;
  guint64 memory_limit;
  guint64 scratch_bytes;
} VoxelSegmentHolder;

void voxel_segment_memory_share (const guint shape[3], guint64 limit, VoxelSegmentHolder *holders, gsize n);
void voxel_segment_memory_plan (const guint shape[3], VoxelSegmentHolder *holders, gsize n);

G_END_DECLS
