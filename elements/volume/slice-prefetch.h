/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "slice-labels.h"

G_BEGIN_DECLS

typedef struct _VoxelSliceJob VoxelSliceJob;
typedef struct _VoxelSlicePrefetch VoxelSlicePrefetch;

/**
 * VoxelSliceJob:
 * @list: where the slice comes from; must outlive the job
 * @index: the slice wanted
 * @region: the part wanted
 * @mask: whether to make a mask of it
 * @pixels: where to, see voxel_slice_list_decode()
 * @stride: bytes from row to row
 * @labels: (nullable): where its label comes from; must outlive the job
 * @label: where to, see voxel_slice_labels_decode()
 * @label_stride: bytes from row to row
 * @found: of the label, once done; see voxel_slice_labels_agree()
 * @error: (nullable): why it failed, once done
 *
 * A slice to be decoded. The other fields are private.
 */
struct _VoxelSliceJob {
  VoxelSliceList *list;
  guint index;
  VoxelTiffRegion region;
  gboolean mask;
  guint8 *pixels;
  gsize stride;
  VoxelSliceLabels *labels;
  guint8 *label;
  gsize label_stride;
  guint found;
  GError *error;

  gboolean done;
};

void voxel_slice_job_run (VoxelSliceJob *job);

VoxelSlicePrefetch *voxel_slice_prefetch_new (guint threads);
void voxel_slice_prefetch_free (VoxelSlicePrefetch *prefetch);
void voxel_slice_prefetch_push (VoxelSlicePrefetch *prefetch, VoxelSliceJob *job);
VoxelSliceJob *voxel_slice_prefetch_pop (VoxelSlicePrefetch *prefetch);
guint voxel_slice_prefetch_get_length (VoxelSlicePrefetch *prefetch);
void voxel_slice_prefetch_set_flushing (VoxelSlicePrefetch *prefetch, gboolean flushing);
void voxel_slice_prefetch_clear (VoxelSlicePrefetch *prefetch, GFunc free_job, gpointer user_data);

G_END_DECLS
