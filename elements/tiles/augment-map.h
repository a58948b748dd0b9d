/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "augment-geometry.h"

G_BEGIN_DECLS

/* Positions are in 1/4096 of a pixel, 0 is the middle of the first. */
#define VOXEL_AUGMENT_POSITION_BITS 12

/**
 * VoxelAugmentTurn:
 * @swapped: whether columns of the result run along rows of the part that is seen
 * @reverse_x: whether columns of the result run backwards
 * @reverse_y: whether rows do
 *
 * Quarter turns and flips.
 */
typedef struct {
  gboolean swapped;
  gboolean reverse_x;
  gboolean reverse_y;
} VoxelAugmentTurn;

/**
 * VoxelAugmentMap:
 * @turn: quarter turns and flips
 * @separable: whether a row of the result shows pixels of one row of the picture, or of one column where
 *   @turn swaps them
 * @x_of_x: @width numbers
 * @x_of_y: @height numbers
 * @y_of_x: @width numbers
 * @y_of_y: @height numbers
 *
 * Where in the picture pixels of the result come from, without elastic deformation: pixel (x, y) from
 * (@x_of_x[x] + @x_of_y[y], @y_of_x[x] + @y_of_y[y]).
 */
typedef struct {
  VoxelAugmentTurn turn;
  gboolean separable;
  gint32 *x_of_x;
  gint32 *x_of_y;
  gint32 *y_of_x;
  gint32 *y_of_y;
} VoxelAugmentMap;

gboolean voxel_augment_geometry_copies (const VoxelAugmentGeometry *geometry, guint width, guint height);
void voxel_augment_geometry_part (const VoxelAugmentGeometry *geometry, guint width, guint height, gint *left,
                                  gint *top);
VoxelAugmentTurn voxel_augment_geometry_turn (const VoxelAugmentGeometry *geometry);
void voxel_augment_map_fill (VoxelAugmentMap *map, const VoxelAugmentGeometry *geometry, guint width,
                             guint height);

G_END_DECLS
