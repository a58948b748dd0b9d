/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "tiff-page.h"

G_BEGIN_DECLS

typedef struct _VoxelSliceList VoxelSliceList;

VoxelSliceList *voxel_slice_list_new (const gchar *location, guint threads, GError **error);
void voxel_slice_list_free (VoxelSliceList *list);
guint voxel_slice_list_get_length (const VoxelSliceList *list);
guint voxel_slice_list_get_ignored (const VoxelSliceList *list);
const VoxelTiffPage *voxel_slice_list_get_form (const VoxelSliceList *list);
const gchar *voxel_slice_list_get_id (const VoxelSliceList *list);
const gchar *voxel_slice_list_get_name (const VoxelSliceList *list, guint index);
gchar **voxel_slice_list_get_names (const VoxelSliceList *list, guint first, guint last);
gboolean voxel_slice_list_decode (VoxelSliceList *list, guint index, const VoxelTiffRegion *region,
                                  guint8 *pixels, gsize stride, GError **error);
gboolean voxel_slice_list_decode_mask (VoxelSliceList *list, guint index, const VoxelTiffRegion *region,
                                       guint8 *mask, gsize stride, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelSliceList, voxel_slice_list_free)

G_END_DECLS
