/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/files/model-record.h"

G_BEGIN_DECLS

typedef struct _VoxelSegmentSettings VoxelSegmentSettings;

VoxelSegmentSettings *voxel_segment_settings_new (void);
void voxel_segment_settings_free (VoxelSegmentSettings *settings);
void voxel_segment_settings_add_options (VoxelSegmentSettings *settings, GOptionContext *context);
gboolean voxel_segment_settings_check (VoxelSegmentSettings *settings, GError **error);
gboolean voxel_segment_settings_resolve (VoxelSegmentSettings *settings, const VoxelModelRecord *record,
                                         guint stride, gboolean parity, GError **error);
const gchar *voxel_segment_settings_get (const VoxelSegmentSettings *settings, const gchar *name);
void voxel_segment_settings_set (VoxelSegmentSettings *settings, const gchar *name, const gchar *value);
void voxel_segment_settings_set_ratio (VoxelSegmentSettings *settings, const gdouble ratio[3]);
const gdouble *voxel_segment_settings_get_ratio (const VoxelSegmentSettings *settings);
guint voxel_segment_settings_get_multiple (const VoxelSegmentSettings *settings);
gboolean voxel_segment_settings_need_volume (const VoxelSegmentSettings *settings);
void voxel_segment_settings_add_values (const VoxelSegmentSettings *settings, GHashTable *values);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelSegmentSettings, voxel_segment_settings_free)

G_END_DECLS
