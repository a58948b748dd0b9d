/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"

G_BEGIN_DECLS

GArray *voxel_devices_parse (const VoxelBackend *backend, const gchar *text, GError **error);
gchar *voxel_devices_describe (const VoxelBackend *backend, const GArray *devices, VoxelPrecision precision,
                               guint threads);

G_END_DECLS
