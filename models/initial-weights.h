/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/files/model-record.h"

G_BEGIN_DECLS

gboolean voxel_initial_weights_save (const VoxelModelRecord *record, guint64 seed, const gchar *path,
                                     guint64 *parameters, GError **error);

G_END_DECLS
