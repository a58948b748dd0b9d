/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/plan.h"

G_BEGIN_DECLS

/**
 * VoxelModelTiming:
 * @step_ns: nanoseconds of each step of the plan, in the fastest run
 * @n_steps: of the plan
 * @total_ns: of the fastest run
 * @runs: how often it ran
 *
 * How long a network takes for one picture.
 */
typedef struct {
  gint64 *step_ns;
  guint n_steps;
  gint64 total_ns;
  guint runs;
} VoxelModelTiming;

VoxelModelTiming *voxel_model_timing_measure (VoxelModel *model, VoxelPlan *plan, GError **error);
void voxel_model_timing_free (VoxelModelTiming *timing);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelModelTiming, voxel_model_timing_free)

G_END_DECLS
