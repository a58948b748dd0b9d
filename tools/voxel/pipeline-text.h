/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _VoxelPipelineText VoxelPipelineText;

VoxelPipelineText *voxel_pipeline_text_expand (const gchar *name, const gchar *text, GHashTable *values,
                                               GError **error);
void voxel_pipeline_text_free (VoxelPipelineText *pipeline);
gchar *voxel_pipeline_text_to_launch (const VoxelPipelineText *pipeline);
gchar *voxel_pipeline_text_to_shell (const VoxelPipelineText *pipeline);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelPipelineText, voxel_pipeline_text_free)

G_END_DECLS
