/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "shard-survey.h"

G_BEGIN_DECLS

gchar *voxel_histogram_bars (const guint64 counts[VOXEL_SURVEY_BINS]);
gchar *voxel_histogram_svg (const VoxelShardSurvey *survey);

G_END_DECLS
