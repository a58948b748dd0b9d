/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/files/json.h"

G_BEGIN_DECLS

/* Fields of a configuration that has them all: voxel_architecture_info() adds those that are absent. Errors are
 * %VOXEL_MODEL_ERROR_RECORD and name the field. */
gboolean voxel_config_boolean (const VoxelJson *config, const gchar *field, gboolean *value, GError **error);
gboolean voxel_config_choice (const VoxelJson *config, const gchar *field, const gchar *const *choices,
                              guint *value, GError **error);
gboolean voxel_config_uint (const VoxelJson *config, const gchar *field, guint least, guint most,
                            guint *value, GError **error);
gboolean voxel_config_uints (const VoxelJson *config, const gchar *field, guint least, guint most, guint n,
                             guint *values, GError **error);

G_END_DECLS
