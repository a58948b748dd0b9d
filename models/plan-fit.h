/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/plan.h"

G_BEGIN_DECLS

gboolean voxel_plan_fit (VoxelModel *model, VoxelPlanKey *key, guint least, guint64 limit,
                         VoxelPlanSize *whole, GError **error);

G_END_DECLS
