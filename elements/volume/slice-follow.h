/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "slice-list.h"

G_BEGIN_DECLS

typedef struct _VoxelSliceFollow VoxelSliceFollow;
typedef struct _VoxelSliceFollowOrder VoxelSliceFollowOrder;

/**
 * VoxelSliceFollowOrder:
 * @first_number: number in the name of the first file; -1 = the lowest one when a file is there
 * @skip: files after the first one that are left out
 * @count: slices promised, 0 where nobody knows
 * @timeout: microseconds without a new slice after which there are no more; 0 = wait for ever
 *
 * Which files of a folder are wanted, and how long they are waited for.
 */
struct _VoxelSliceFollowOrder {
  gint64 first_number;
  guint skip;
  guint count;
  gint64 timeout;
};

/**
 * VoxelSliceFollowStep:
 * @VOXEL_SLICE_FOLLOW_SLICE: the next slice is there
 * @VOXEL_SLICE_FOLLOW_END: all have come
 * @VOXEL_SLICE_FOLLOW_FLUSHING: the wait was broken off
 * @VOXEL_SLICE_FOLLOW_ERROR: the next slice cannot come
 */
typedef enum {
  VOXEL_SLICE_FOLLOW_SLICE,
  VOXEL_SLICE_FOLLOW_END,
  VOXEL_SLICE_FOLLOW_FLUSHING,
  VOXEL_SLICE_FOLLOW_ERROR,
} VoxelSliceFollowStep;

VoxelSliceFollow *voxel_slice_follow_new (const gchar *location, const VoxelSliceFollowOrder *order,
                                          GError **error);
void voxel_slice_follow_free (VoxelSliceFollow *follow);
VoxelSliceFollowStep voxel_slice_follow_wait (VoxelSliceFollow *follow, VoxelSliceList **slice,
                                              GError **error);
void voxel_slice_follow_accept (VoxelSliceFollow *follow);
void voxel_slice_follow_reject (VoxelSliceFollow *follow, GError *reason);
void voxel_slice_follow_set_flushing (VoxelSliceFollow *follow, gboolean flushing);
guint voxel_slice_follow_get_length (const VoxelSliceFollow *follow);
gchar **voxel_slice_follow_get_names (const VoxelSliceFollow *follow);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelSliceFollow, voxel_slice_follow_free)

G_END_DECLS
