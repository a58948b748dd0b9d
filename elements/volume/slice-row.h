/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _VoxelSliceRow VoxelSliceRow;

VoxelSliceRow *voxel_slice_row_new (const gchar *location, GError **error);
void voxel_slice_row_free (VoxelSliceRow *row);
const gchar *voxel_slice_row_get_folder (const VoxelSliceRow *row);
gboolean voxel_slice_row_accepts (const VoxelSliceRow *row, const gchar *name);
gboolean voxel_slice_row_get_number (const VoxelSliceRow *row, const gchar *name, guint64 *number);
void voxel_slice_row_begin (VoxelSliceRow *row, const gchar *name);
gboolean voxel_slice_row_has_begun (const VoxelSliceRow *row);
gchar *voxel_slice_row_make_name (const VoxelSliceRow *row, guint64 number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelSliceRow, voxel_slice_row_free)

G_END_DECLS
