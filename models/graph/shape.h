/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define VOXEL_SHAPE_MAX_DIMS 6

/**
 * VoxelShape:
 * @n: number of dimensions, 0 for a scalar
 * @dim: outermost first
 *
 * Shapes are logical: pictures are always N, C, H, W, convolution weights O, I / groups, KH, KW (transposed
 * ones I, O / groups, KH, KW), whatever the order in memory.
 */
typedef struct {
  guint n;
  guint dim[VOXEL_SHAPE_MAX_DIMS];
} VoxelShape;

#define VOXEL_SHAPE_1(a) ((VoxelShape){1, {(a)}})
#define VOXEL_SHAPE_2(a, b) ((VoxelShape){2, {(a), (b)}})
#define VOXEL_SHAPE_4(a, b, c, d) ((VoxelShape){4, {(a), (b), (c), (d)}})

gboolean voxel_shape_equal (const VoxelShape *a, const VoxelShape *b);
gboolean voxel_shape_elements (const VoxelShape *shape, gsize *elements);
gchar *voxel_shape_to_string (const VoxelShape *shape);

G_END_DECLS
