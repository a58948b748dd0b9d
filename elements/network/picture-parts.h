/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelPicturePart:
 * @x: first column that the network sees
 * @y: first row that it sees
 * @left: first column whose result is kept
 * @top: first row whose result is kept
 * @right: column behind the last whose result is kept
 * @bottom: row behind the last whose result is kept
 */
typedef struct {
  guint x, y;
  guint left, top, right, bottom;
} VoxelPicturePart;

typedef struct _VoxelPictureParts VoxelPictureParts;

/**
 * VoxelPictureParts:
 * @height: rows of every part
 * @width: columns of every part
 * @rows: of parts
 * @columns: of parts
 * @ys: where the rows of parts begin, @rows of them
 * @xs: where the columns of parts begin, @columns of them
 * @whole_height: rows of the picture
 * @whole_width: columns of the picture
 *
 * How a picture is shown to a network piece by piece; part k is in row k / @columns and column k % @columns.
 */
struct _VoxelPictureParts {
  guint height, width;
  guint rows, columns;
  guint *ys, *xs;
  guint whole_height, whole_width;
};

VoxelPictureParts *voxel_picture_parts_new (guint height, guint width, guint most_height, guint most_width,
                                            guint margin, guint multiple);
void voxel_picture_parts_free (VoxelPictureParts *parts);
guint voxel_picture_parts_count (const VoxelPictureParts *parts);
VoxelPicturePart voxel_picture_parts_get (const VoxelPictureParts *parts, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelPictureParts, voxel_picture_parts_free)

G_END_DECLS
