/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/files/model-record.h"

G_BEGIN_DECLS

typedef struct _VoxelModel VoxelModel;

VoxelModel *voxel_model_load (const gchar *path, GError **error);
VoxelModel *voxel_model_load_as (const gchar *path, const gchar *architecture, const gchar *config,
                                 GError **error);
VoxelModel *voxel_model_ref (VoxelModel *model);
void voxel_model_unref (VoxelModel *model);
const VoxelModelRecord *voxel_model_get_record (VoxelModel *model);
const gchar *voxel_model_get_digest (VoxelModel *model);
guint64 voxel_model_get_parameters (VoxelModel *model);
guint voxel_model_get_stride (VoxelModel *model);
guint voxel_model_get_in_channels (VoxelModel *model);
guint voxel_model_get_out_channels (VoxelModel *model);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelModel, voxel_model_unref)

G_END_DECLS
