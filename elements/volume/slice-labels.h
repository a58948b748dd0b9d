/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "slice-label-rows.h"
#include "slice-list.h"

G_BEGIN_DECLS

typedef struct _VoxelSliceLabels VoxelSliceLabels;

VoxelSliceLabels *voxel_slice_labels_new (const gchar *location, const VoxelSliceList *slices,
                                          const VoxelSliceLabelRule *rule, guint threads, GError **error);
void voxel_slice_labels_free (VoxelSliceLabels *labels);
gboolean voxel_slice_labels_cover (const VoxelSliceLabels *labels, const VoxelSliceList *slices, guint first,
                                   guint last, GError **error);
gboolean voxel_slice_labels_decode (VoxelSliceLabels *labels, guint slice, const VoxelTiffRegion *region,
                                    guint8 *label, gsize stride, guint *found, GError **error);
gboolean voxel_slice_labels_agree (VoxelSliceLabels *labels, guint slice, guint found, GError **error);
guint voxel_slice_labels_get_missed (const VoxelSliceLabels *labels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelSliceLabels, voxel_slice_labels_free)

G_END_DECLS
