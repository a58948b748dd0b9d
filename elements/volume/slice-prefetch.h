/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "slice-list.h"

G_BEGIN_DECLS

typedef struct _VoxelSliceJob VoxelSliceJob;
typedef struct _VoxelSlicePrefetch VoxelSlicePrefetch;

/**
 * VoxelSliceJob:
 * @index: the slice wanted
 * @region: the part wanted
 * @mask: whether to make a mask of it
 * @pixels: where to, see voxel_slice_list_decode()
 * @stride: bytes from row to row
 * @error: (nullable): why it failed, once done
 * @user_data: the caller's
 *
 * A slice to be decoded. The other fields are private.
 */
struct _VoxelSliceJob {
  guint index;
  VoxelTiffRegion region;
  gboolean mask;
  guint8 *pixels;
  gsize stride;
  GError *error;
  gpointer user_data;

  gboolean done;
};

void voxel_slice_job_run (VoxelSliceJob *job, VoxelSliceList *list, guint index);

VoxelSlicePrefetch *voxel_slice_prefetch_new (VoxelSliceList *list, guint threads);
void voxel_slice_prefetch_free (VoxelSlicePrefetch *prefetch);
void voxel_slice_prefetch_push (VoxelSlicePrefetch *prefetch, VoxelSliceJob *job);
VoxelSliceJob *voxel_slice_prefetch_pop (VoxelSlicePrefetch *prefetch);
guint voxel_slice_prefetch_get_length (VoxelSlicePrefetch *prefetch);
void voxel_slice_prefetch_set_flushing (VoxelSlicePrefetch *prefetch, gboolean flushing);
void voxel_slice_prefetch_clear (VoxelSlicePrefetch *prefetch, GFunc free_job, gpointer user_data);

G_END_DECLS
