/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _VoxelSurfaceDice VoxelSurfaceDice;

/**
 * VoxelSurfaceDiceResult:
 * @truth_area: surface of the truth, in the square of the spacing's unit
 * @prediction_area: surface of the prediction
 * @matched_truth_area: of the truth's surface, what lies in cubes through which the prediction's goes too
 * @matched_prediction_area: likewise of the prediction's
 * @dice: matched share of both, 0..1; NaN where neither has a surface
 */
typedef struct {
  gdouble truth_area;
  gdouble prediction_area;
  gdouble matched_truth_area;
  gdouble matched_prediction_area;
  gdouble dice;
} VoxelSurfaceDiceResult;

VoxelSurfaceDice *voxel_surface_dice_new (gsize height, gsize width);
void voxel_surface_dice_add (VoxelSurfaceDice *self, const guint64 *truth, const guint64 *prediction);
void voxel_surface_dice_finish (VoxelSurfaceDice *self, const gdouble spacing[3],
                                VoxelSurfaceDiceResult *result);
void voxel_surface_dice_free (VoxelSurfaceDice *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelSurfaceDice, voxel_surface_dice_free)

G_END_DECLS
