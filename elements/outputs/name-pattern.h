/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _VoxelNamePattern VoxelNamePattern;

/**
 * VoxelNameTokens:
 * @VOXEL_NAME_ID: {id}, the volume's
 * @VOXEL_NAME_NAME: {name}, the slice's
 * @VOXEL_NAME_INDEX: {index} or {index:04}, the slice's
 * @VOXEL_NAME_AXIS: {axis}, z, y or x
 */
typedef enum {
  VOXEL_NAME_ID = 1 << 0,
  VOXEL_NAME_NAME = 1 << 1,
  VOXEL_NAME_INDEX = 1 << 2,
  VOXEL_NAME_AXIS = 1 << 3,
} VoxelNameTokens;

VoxelNamePattern *voxel_name_pattern_new (const gchar *text, GError **error);
VoxelNameTokens voxel_name_pattern_get_tokens (const VoxelNamePattern *self);
gchar *voxel_name_pattern_expand (const VoxelNamePattern *self, const gchar *id, const gchar *name,
                                  guint64 index, gchar axis);
gchar *voxel_name_pattern_from_printf (const gchar *text, GError **error);
void voxel_name_pattern_free (VoxelNamePattern *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelNamePattern, voxel_name_pattern_free)

G_END_DECLS
