/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"
#include "models/graph/arena.h"

G_BEGIN_DECLS

struct _VoxelPlan {
  gatomicrefcount refs;
  VoxelPlanKey key;
  const VoxelBackend *backend;
  VoxelTarget target;
  VoxelGraph *graph;
  VoxelArena arena;
  GArray *steps;
  GPtrArray *packed;
  gsize lower_bound;
  gsize scratch;
  guint reach;
};

VoxelPlan *voxel_plan_new (VoxelGraph *graph, const VoxelBackend *backend, const VoxelPlanKey *key,
                           GError **error);
VoxelPlan *voxel_plan_new_measured (VoxelGraph *graph, const VoxelBackend *backend, const VoxelPlanKey *key,
                                    GError **error);
const VoxelStep *voxel_plan_get_step (const VoxelPlan *plan, guint step);

G_END_DECLS
