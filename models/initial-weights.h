/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/files/model-record.h"
#include "models/graph/initial.h"

G_BEGIN_DECLS

void voxel_initial_weights_draw (const VoxelInitial *initial, guint64 seed, const gchar *name, gfloat *values,
                                 gsize n);
gboolean voxel_initial_weights_save (const VoxelModelRecord *record, guint64 seed, const gchar *path,
                                     guint64 *parameters, GError **error);

G_END_DECLS
