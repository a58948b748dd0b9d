/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _VoxelOutputFile VoxelOutputFile;

void voxel_output_file_clean (const gchar *folder);
void voxel_output_file_sync_folder (const gchar *folder);
void voxel_output_file_sync_file_system (const gchar *folder);
VoxelOutputFile *voxel_output_file_new (const gchar *path, GError **error);
const gchar *voxel_output_file_get_path (const VoxelOutputFile *self);
gint voxel_output_file_get_fd (const VoxelOutputFile *self);
gboolean voxel_output_file_is_seekable (const VoxelOutputFile *self);
gboolean voxel_output_file_write (VoxelOutputFile *self, gconstpointer data, gsize size, GError **error);
gboolean voxel_output_file_finish (VoxelOutputFile *self, gboolean durable, GError **error);
void voxel_output_file_abort (VoxelOutputFile *self);
const gchar *voxel_output_file_get_remedy (gint code);
void voxel_output_file_set_error (GError **error, const gchar *doing, const gchar *path, gint code);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelOutputFile, voxel_output_file_abort)

G_END_DECLS
