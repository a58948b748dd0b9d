/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _VoxelMaskScore VoxelMaskScore;

/**
 * VoxelMaskScoreResult:
 * @n_voxels: of the volume
 * @truth_voxels: set in the truth
 * @prediction_voxels: set in the prediction
 * @common_voxels: set in both
 * @surface_dice: at tolerance 0; NaN where neither has a surface
 * @dice: 2 common / (truth + prediction); NaN where both are empty
 * @iou: common / either; NaN where both are empty
 * @precision: common / prediction; NaN where the prediction is empty
 * @recall: common / truth; NaN where the truth is empty
 */
typedef struct {
  guint64 n_voxels;
  guint64 truth_voxels;
  guint64 prediction_voxels;
  guint64 common_voxels;
  gdouble surface_dice;
  gdouble dice;
  gdouble iou;
  gdouble precision;
  gdouble recall;
} VoxelMaskScoreResult;

VoxelMaskScore *voxel_mask_score_new (gsize height, gsize width);
void voxel_mask_score_add (VoxelMaskScore *self, const guint64 *truth, const guint64 *prediction);
void voxel_mask_score_finish (VoxelMaskScore *self, const gdouble spacing[3], VoxelMaskScoreResult *result);
void voxel_mask_score_free (VoxelMaskScore *self);

JsonObject *voxel_mask_score_result_to_json (const VoxelMaskScoreResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelMaskScore, voxel_mask_score_free)

G_END_DECLS
