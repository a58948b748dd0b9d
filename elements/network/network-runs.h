/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "elements/network/picture-parts.h"
#include "models/plan-fit.h"
#include "models/run.h"

G_BEGIN_DECLS

/**
 * VoxelNetworkSize:
 * @wanted: pictures that were to be run at once
 * @n: pictures a run: fewer than that where memory asks for it, one where a picture is run in parts
 * @height: rows of pictures, a multiple of the network's stride
 * @width: columns, likewise
 * @parts: how they are shown to the network, one part where all of it fits
 * @whole: bytes that a run of @n whole pictures would take
 * @limit: bytes that it may take
 * @n_runs: 0 until the first picture comes
 * @runs: for a part, one a worker; worker i has a run on device i modulo their number
 *
 * How pictures of a size are run.
 */
typedef struct {
  guint wanted, n;
  guint height, width;
  VoxelPictureParts *parts;
  guint64 whole;
  guint64 limit;
  guint n_runs;
  VoxelRun *runs[];
} VoxelNetworkSize;

typedef struct _VoxelNetworkRuns VoxelNetworkRuns;

VoxelNetworkRuns *voxel_network_runs_new (VoxelModel *model, const VoxelPlanKey *key, guint workers);
VoxelNetworkRuns *voxel_network_runs_new_on (VoxelModel *model, const VoxelPlanKey *key,
                                             const GArray *devices, guint workers);
void voxel_network_runs_free (VoxelNetworkRuns *runs);
void voxel_network_runs_set_limit (VoxelNetworkRuns *runs, guint64 limit);
guint64 voxel_network_runs_get_held (const VoxelNetworkRuns *runs);
const VoxelNetworkSize *voxel_network_runs_look (VoxelNetworkRuns *runs, guint wanted, guint height,
                                                 guint width, gboolean *news, GError **error);
const VoxelNetworkSize *voxel_network_runs_find (VoxelNetworkRuns *runs, guint wanted, guint height,
                                                 guint width, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelNetworkRuns, voxel_network_runs_free)

G_END_DECLS
