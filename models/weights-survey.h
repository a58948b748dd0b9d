/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/graph/initial.h"
#include "models/weights.h"

G_BEGIN_DECLS

/**
 * VoxelWeightsSurvey:
 * @weights: a file's tensors
 * @missing: tensors that a network asked for in vain
 * @left_over: tensors that it did not ask for
 * @misfit: (nullable): the first that is missing, left over or of another shape
 * @error: the first of all that is wrong, without a remedy
 *
 * What a file has of a network's weights, to the last tensor: one name and how many tell more than a name alone.
 */
typedef struct {
  VoxelWeights *weights;
  guint missing;
  guint left_over;
  gchar *misfit;
  GError *error;
} VoxelWeightsSurvey;

VoxelConstant *voxel_weights_survey_find (gpointer survey, const gchar *name, const VoxelShape *shape,
                                          const VoxelInitial *initial, GError **error);
void voxel_weights_survey_rest (VoxelWeightsSurvey *survey, GHashTable *used, const gchar *architecture);
gboolean voxel_weights_survey_judge (VoxelWeightsSurvey *survey, const gchar *remedy, GError **error);
void voxel_weights_survey_clear (VoxelWeightsSurvey *survey);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VoxelWeightsSurvey, voxel_weights_survey_clear)

G_END_DECLS
