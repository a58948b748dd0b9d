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
 * @company: how many pictures of its slice there are, views included; 0 or 1 where it is the only one
 * @logits: where the scores go, as large as the tile: 32768 + 2048 logit
 * @logit_stride: bytes from row to row
 */
typedef struct {
  const VoxelTilePlane *planes;
  guint bytes;
  guint width;
  guint height;
  guint view;
  guint company;
  guint16 *logits;
  gsize logit_stride;
} VoxelTileJob;

/**
 * VoxelTileNetworkWish:
 * @backend: (not nullable): "auto", "cpu", "cuda" or "reference"
 * @devices: (nullable): of the backend, as voxel_devices_parse() takes them
 * @precision: of the arithmetic
 * @threads: of this machine's processors, 0 for all
 * @batch: pictures that a device runs at once, 0 for as many as pay
 * @memory_limit: bytes that the pictures between the layers may take, here or on each device; 0 for half of what is
 *   available when pictures of a size first come. Tiles that need more are shown to the network in parts
 * @skip_below: the network is not run for tiles in which every pixel is below this: they get the lowest score. 0
 *   for none
 *
 * How a network is to be run.
 */
typedef struct {
  const gchar *backend;
  const gchar *devices;
  VoxelPrecision precision;
  guint threads;
  guint batch;
  guint64 memory_limit;
  guint skip_below;
} VoxelTileNetworkWish;

typedef struct _VoxelTileNetwork VoxelTileNetwork;
typedef struct _VoxelTileBatch VoxelTileBatch;

VoxelTileNetwork *voxel_tile_network_new (VoxelModel *model, const VoxelTileNetworkWish *wish,
                                          GError **error);
guint voxel_tile_network_get_planes (VoxelTileNetwork *network);
guint voxel_tile_network_get_batch (VoxelTileNetwork *network, guint width, guint height);
gboolean voxel_tile_network_runs_ahead (VoxelTileNetwork *network);
gdouble voxel_tile_network_get_busy (VoxelTileNetwork *network);
const gchar *voxel_tile_network_describe (VoxelTileNetwork *network);
void voxel_tile_network_free (VoxelTileNetwork *network);
const VoxelNetworkSize *voxel_tile_network_look (VoxelTileNetwork *network, guint company, guint width,
                                                 guint height, gboolean *news, GError **error);
VoxelTileBatch *voxel_tile_network_begin (VoxelTileNetwork *network, const VoxelTileJob *jobs, guint n_jobs,
                                          GError **error);
gboolean voxel_tile_batch_end (VoxelTileBatch *batch, GError **error);
gboolean voxel_tile_network_run (VoxelTileNetwork *network, const VoxelTileJob *jobs, guint n_jobs,
                                 GError **error);
VoxelModel *voxel_tile_network_get_model (VoxelTileNetwork *network);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelTileNetwork, voxel_tile_network_free)

G_END_DECLS
