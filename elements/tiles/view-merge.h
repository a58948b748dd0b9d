/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "dihedral.h"

G_BEGIN_DECLS

/**
 * VoxelViewMergeMode:
 * @VOXEL_VIEW_MERGE_MEAN: mean of the values
 * @VOXEL_VIEW_MERGE_MAX: the largest value
 * @VOXEL_VIEW_MERGE_UNION: the largest value there is where any view is at or above a threshold, else 0
 */
typedef enum {
  VOXEL_VIEW_MERGE_MEAN,
  VOXEL_VIEW_MERGE_MAX,
  VOXEL_VIEW_MERGE_UNION,
} VoxelViewMergeMode;

#define VOXEL_VIEW_MERGE_MAX_VIEWS 32

typedef struct _VoxelViewMerge VoxelViewMerge;

VoxelViewMerge *voxel_view_merge_new (VoxelViewMergeMode mode, guint width, guint height, guint pixel_size);
void voxel_view_merge_free (VoxelViewMerge *merge);
gboolean voxel_view_merge_fits (const VoxelViewMerge *merge, VoxelViewMergeMode mode, guint width,
                                guint height, guint pixel_size);
void voxel_view_merge_begin (VoxelViewMerge *merge, const guint16 *values, guint threshold);
void voxel_view_merge_add (VoxelViewMerge *merge, gconstpointer view, gsize stride, VoxelDihedral undo);
void voxel_view_merge_finish (VoxelViewMerge *merge, const guint16 *codes, gpointer out, gsize out_stride);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelViewMerge, voxel_view_merge_free)

G_END_DECLS
