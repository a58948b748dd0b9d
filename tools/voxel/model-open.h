/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/files/model-record.h"

G_BEGIN_DECLS

VoxelModelRecord *voxel_model_open_record (const gchar *path, guint *stride, GError **error);

G_END_DECLS
