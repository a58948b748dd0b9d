/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "elements/network/network-runs.h"
#include "models/model.h"
#include "models/plan.h"

G_BEGIN_DECLS

/**
 * VoxelTilePlane:
 * @pixels: 8 or 16 bits (little-endian) each
 * @stride: bytes from row to row
 * @mean: of the whole slice's pixels, NaN where only the tile is known
 * @stddev: likewise, of the population
 *
 * A tile of one slice.
 */
typedef struct {
  gconstpointer pixels;
  gsize stride;
  gdouble mean;
  gdouble stddev;
} VoxelTilePlane;

/**
 * VoxelTileJob:
 * @planes: (array): voxel_tile_network_get_planes() tiles of one size: the one that is scored in the middle, those of
 *   the slices before and behind it around
 * @bytes: a pixel, 1 or 2
 * @width: columns
 * @height: rows
 * @view: how the network is to see the tile (a dihedral); its scores are turned back
 * @logits: where the scores go, as large as the tile: 32768 + 2048 logit
 * @logit_stride: bytes from row to row
 */
typedef struct {
  const VoxelTilePlane *planes;
  guint bytes;
  guint width;
  guint height;
  guint view;
  guint16 *logits;
  gsize logit_stride;
} VoxelTileJob;

typedef struct _VoxelTileNetwork VoxelTileNetwork;
typedef struct _VoxelTileBatch VoxelTileBatch;

VoxelTileNetwork *voxel_tile_network_new (VoxelModel *model, const gchar *backend, VoxelPrecision precision,
                                          guint threads, GError **error);
guint voxel_tile_network_get_planes (VoxelTileNetwork *network);
guint voxel_tile_network_get_batch (VoxelTileNetwork *network, guint width, guint height);
void voxel_tile_network_set_skip_below (VoxelTileNetwork *network, guint level);
void voxel_tile_network_free (VoxelTileNetwork *network);
void voxel_tile_network_set_memory_limit (VoxelTileNetwork *network, guint64 bytes);
const VoxelNetworkSize *voxel_tile_network_look (VoxelTileNetwork *network, guint width, guint height,
                                                 gboolean *news, GError **error);
VoxelTileBatch *voxel_tile_network_begin (VoxelTileNetwork *network, const VoxelTileJob *jobs, guint n_jobs,
                                          GError **error);
gboolean voxel_tile_batch_end (VoxelTileBatch *batch, GError **error);
gboolean voxel_tile_network_run (VoxelTileNetwork *network, const VoxelTileJob *jobs, guint n_jobs,
                                 GError **error);
VoxelModel *voxel_tile_network_get_model (VoxelTileNetwork *network);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelTileNetwork, voxel_tile_network_free)

G_END_DECLS
