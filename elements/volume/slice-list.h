/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "tiff-page.h"

G_BEGIN_DECLS

typedef struct _VoxelSliceList VoxelSliceList;

/**
 * VoxelSliceListFile:
 * @path: of the file
 * @size: in bytes
 * @modified: when it was written last, in nanoseconds since 1970
 * @n_pages: slices in it
 *
 * A file as it was when the list was made.
 */
typedef struct {
  const gchar *path;
  guint64 size;
  gint64 modified;
  guint n_pages;
} VoxelSliceListFile;

VoxelSliceList *voxel_slice_list_new (const gchar *location, guint threads, GError **error);
void voxel_slice_list_free (VoxelSliceList *list);
guint voxel_slice_list_get_length (const VoxelSliceList *list);
guint voxel_slice_list_get_ignored (const VoxelSliceList *list);
const VoxelTiffPage *voxel_slice_list_get_form (const VoxelSliceList *list);
guint voxel_slice_list_get_n_files (const VoxelSliceList *list);
VoxelSliceListFile voxel_slice_list_get_file (const VoxelSliceList *list, guint number);
const gchar *voxel_slice_list_get_id (const VoxelSliceList *list);
const gchar *voxel_slice_list_get_name (const VoxelSliceList *list, guint index);
const gchar *voxel_slice_list_get_path (const VoxelSliceList *list, guint index);
gchar **voxel_slice_list_get_names (const VoxelSliceList *list, guint first, guint last);
gboolean voxel_slice_list_decode (VoxelSliceList *list, guint index, const VoxelTiffRegion *region,
                                  guint8 *pixels, gsize stride, GError **error);
gboolean voxel_slice_list_decode_mask (VoxelSliceList *list, guint index, const VoxelTiffRegion *region,
                                       guint8 *mask, gsize stride, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelSliceList, voxel_slice_list_free)

G_END_DECLS
