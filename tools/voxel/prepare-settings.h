/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _VoxelPrepareSettings VoxelPrepareSettings;

VoxelPrepareSettings *voxel_prepare_settings_new (void);
void voxel_prepare_settings_free (VoxelPrepareSettings *settings);
void voxel_prepare_settings_add_options (VoxelPrepareSettings *settings, GOptionContext *context);
gboolean voxel_prepare_settings_check (const VoxelPrepareSettings *settings, GError **error);
const gchar *voxel_prepare_settings_get (const VoxelPrepareSettings *settings, const gchar *name);
guint voxel_prepare_settings_get_count (const VoxelPrepareSettings *settings, const gchar *name);
gboolean voxel_prepare_settings_add_values (const VoxelPrepareSettings *settings, GHashTable *values,
                                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelPrepareSettings, voxel_prepare_settings_free)

G_END_DECLS
