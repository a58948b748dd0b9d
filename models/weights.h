/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/files/safetensors.h"
#include "models/graph/constant.h"

G_BEGIN_DECLS

typedef struct _VoxelWeights VoxelWeights;

VoxelWeights *voxel_weights_open (const gchar *path, GError **error);
VoxelWeights *voxel_weights_ref (VoxelWeights *weights);
void voxel_weights_unref (VoxelWeights *weights);
const VoxelSafetensors *voxel_weights_file (const VoxelWeights *weights);
VoxelConstant *voxel_weights_find (VoxelWeights *weights, const gchar *name, const VoxelShape *shape,
                                   GError **error);

gboolean voxel_weights_check_values (const VoxelTensorView *tensor, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelWeights, voxel_weights_unref)

G_END_DECLS
