/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _VoxelMaskReader VoxelMaskReader;

/**
 * VoxelMaskShape:
 * @depth: slices; 0 where unknown
 * @height: rows of a slice; 0 where unknown
 * @width: columns of a slice
 */
typedef struct {
  guint depth;
  guint height;
  guint width;
} VoxelMaskShape;

gboolean voxel_mask_shape_parse (const gchar *text, VoxelMaskShape *shape, GError **error);

VoxelMaskReader *voxel_mask_reader_new (const gchar *path, gdouble threshold, GError **error);
void voxel_mask_reader_free (VoxelMaskReader *reader);
const VoxelMaskShape *voxel_mask_reader_get_shape (const VoxelMaskReader *reader);
void voxel_mask_reader_set_shape (VoxelMaskReader *reader, const VoxelMaskShape *shape);
const gchar *voxel_mask_reader_get_path (const VoxelMaskReader *reader);
gboolean voxel_mask_reader_is_table (const VoxelMaskReader *reader);
gboolean voxel_mask_reader_next (VoxelMaskReader *reader, guint64 *bits, const gchar **id, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelMaskReader, voxel_mask_reader_free)

G_END_DECLS
