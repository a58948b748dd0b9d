/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/outputs/shard-reader.h"

G_BEGIN_DECLS

typedef struct _VoxelSampleSheet VoxelSampleSheet;

VoxelSampleSheet *voxel_sample_sheet_new (guint n);
void voxel_sample_sheet_add (VoxelSampleSheet *self, const gchar *shard, const VoxelShardSample *sample);
void voxel_sample_sheet_choose (VoxelSampleSheet *self);
guint voxel_sample_sheet_get_length (const VoxelSampleSheet *self);
const gchar *voxel_sample_sheet_get_name (const VoxelSampleSheet *self, guint k);
void voxel_sample_sheet_measure (const VoxelSampleSheet *self, guint *width, guint *height);
void voxel_sample_sheet_paint (const VoxelSampleSheet *self, guint8 *rgb, gsize stride);
void voxel_sample_sheet_free (VoxelSampleSheet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelSampleSheet, voxel_sample_sheet_free)

G_END_DECLS
