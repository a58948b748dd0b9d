/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _VoxelBrickScratch VoxelBrickScratch;

VoxelBrickScratch *voxel_brick_scratch_new (const gchar *directory, guint64 expected, GError **error);
gboolean voxel_brick_scratch_write (VoxelBrickScratch *scratch, guint64 offset, const void *data, gsize size,
                                    GError **error);
gboolean voxel_brick_scratch_read (VoxelBrickScratch *scratch, guint64 offset, void *data, gsize size,
                                   GError **error);
void voxel_brick_scratch_expect (VoxelBrickScratch *scratch, guint64 offset, guint64 size);
guint64 voxel_brick_scratch_get_size (const VoxelBrickScratch *scratch);
guint64 voxel_brick_scratch_get_reserved (const VoxelBrickScratch *scratch);
void voxel_brick_scratch_free (VoxelBrickScratch *scratch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelBrickScratch, voxel_brick_scratch_free)

G_END_DECLS
