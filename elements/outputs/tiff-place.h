/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _VoxelTiffPlace VoxelTiffPlace;

VoxelTiffPlace *voxel_tiff_place_new (const gchar *location, GError **error);
gboolean voxel_tiff_place_is_stack (const VoxelTiffPlace *self);
gboolean voxel_tiff_place_tells_volumes (const VoxelTiffPlace *self);
gboolean voxel_tiff_place_tells_axes (const VoxelTiffPlace *self);
gchar *voxel_tiff_place_get_path (const VoxelTiffPlace *self, const gchar *id, const gchar *name,
                                  guint64 index, gchar axis, GError **error);
void voxel_tiff_place_free (VoxelTiffPlace *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelTiffPlace, voxel_tiff_place_free)

G_END_DECLS
