/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/outputs/shard-reader.h"

G_BEGIN_DECLS

#define VOXEL_SURVEY_BINS 256

/**
 * VoxelSurveyClass:
 * @VOXEL_SURVEY_BACKGROUND: pixels whose label says so
 * @VOXEL_SURVEY_VESSEL: likewise
 * @VOXEL_SURVEY_IGNORED: pixels whose label says that nobody knows
 * @VOXEL_SURVEY_UNLABELLED: pixels of samples without a label
 */
typedef enum {
  VOXEL_SURVEY_BACKGROUND,
  VOXEL_SURVEY_VESSEL,
  VOXEL_SURVEY_IGNORED,
  VOXEL_SURVEY_UNLABELLED,
  VOXEL_SURVEY_N_CLASSES,
} VoxelSurveyClass;

/**
 * VoxelShardSurvey:
 * @samples: seen
 * @unlabelled: of them, without a label
 * @without_vessel: of the others, without a pixel of vessel
 * @smallest: width, height and bits
 * @largest: likewise
 * @counts: pixels of each class by intensity, in VOXEL_SURVEY_BINS equal parts of the range
 *
 * What samples hold. Start from zeros.
 */
typedef struct {
  guint64 samples;
  guint64 unlabelled;
  guint64 without_vessel;
  VoxelNpy smallest;
  VoxelNpy largest;
  guint64 counts[VOXEL_SURVEY_N_CLASSES][VOXEL_SURVEY_BINS];
} VoxelShardSurvey;

void voxel_shard_survey_add (VoxelShardSurvey *survey, const VoxelShardSample *sample);
guint64 voxel_shard_survey_count (const VoxelShardSurvey *survey, VoxelSurveyClass kind);
void voxel_shard_survey_all (const VoxelShardSurvey *survey, guint64 counts[VOXEL_SURVEY_BINS]);

G_END_DECLS
