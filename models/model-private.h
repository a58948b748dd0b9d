/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/graph/graph.h"
#include "models/model.h"

G_BEGIN_DECLS

typedef struct _VoxelPlanCache VoxelPlanCache;

VoxelGraph *voxel_model_build (VoxelModel *model, const VoxelShape *input, GError **error);
VoxelPlanCache *voxel_model_get_plans (VoxelModel *model);

VoxelPlanCache *voxel_plan_cache_new (void);
void voxel_plan_cache_free (VoxelPlanCache *cache);

G_END_DECLS
