/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "elements/network/picture-parts.h"
#include "models/plan-fit.h"
#include "models/run.h"

G_BEGIN_DECLS

/**
 * VoxelNetworkFit:
 * @parts: how pictures of a size are shown to the network, one part where all of it fits
 * @whole: bytes that the whole picture would take
 * @limit: bytes that it may take
 */
typedef struct {
  VoxelPictureParts *parts;
  guint64 whole;
  guint64 limit;
} VoxelNetworkFit;

typedef struct _VoxelNetworkRuns VoxelNetworkRuns;

VoxelNetworkRuns *voxel_network_runs_new (VoxelModel *model, const VoxelPlanKey *key);
void voxel_network_runs_free (VoxelNetworkRuns *runs);
void voxel_network_runs_set_limit (VoxelNetworkRuns *runs, guint64 limit);
guint64 voxel_network_runs_get_held (const VoxelNetworkRuns *runs);
const VoxelNetworkFit *voxel_network_runs_fit (VoxelNetworkRuns *runs, guint height, guint width,
                                               gboolean *news, GError **error);
VoxelRun *voxel_network_runs_find (VoxelNetworkRuns *runs, guint height, guint width,
                                   const VoxelNetworkFit **fit, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelNetworkRuns, voxel_network_runs_free)

G_END_DECLS
