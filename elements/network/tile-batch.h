/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/network/tile-devices.h"
#include "elements/network/tile-pass.h"
#include "models/executor.h"

G_BEGIN_DECLS

/* Between the files that run tiles; tile-network.h is what others see. */

/**
 * VoxelTileRules:
 * @model: that sees the tiles
 * @precision: of its arithmetic, never AUTO
 * @planes: neighbouring slices that it sees
 * @skip_below: tiles with all pixels below this are background; 0 for none
 *
 * How tiles are shown to a network.
 */
struct _VoxelTileRules {
  VoxelModel *model;
  VoxelPrecision precision;
  guint planes;
  guint skip_below;
};

/**
 * VoxelTile:
 * @job: the first that shows it
 * @empty: whether it is background
 * @maps: from pixels to the network's input, one a plane
 *
 * What is known of the tile behind jobs: those that follow each other often show the same one.
 */
typedef struct {
  const VoxelTileJob *job;
  gboolean empty;
  VoxelPreprocessMap *maps;
} VoxelTile;

/**
 * VoxelTileBatch:
 * @rules: how the tiles are shown
 * @jobs: (array length=n_jobs): tiles in, scores out
 * @n_jobs: how many
 * @shown: by job: which of @tiles it shows
 * @sizes: by job: how pictures like that are run
 * @tiles: what jobs show
 * @n_tiles: how many
 * @spread: on the CPU, whether each thread has a job of its own
 * @executor_job: on the CPU, all of the work
 * @devices: (nullable): who works if not the CPU
 * @left: parts of jobs that devices have not done
 *
 * Tiles that are on their way through a network.
 */
struct _VoxelTileBatch {
  const VoxelTileRules *rules;
  const VoxelTileJob *jobs;
  guint n_jobs;
  guint *shown;
  const VoxelNetworkSize **sizes;
  VoxelTile *tiles;
  guint n_tiles;
  gboolean spread;
  VoxelExecutorJob executor_job;
  VoxelTileDevices *devices;
  guint left;
  /*< private >*/
  VoxelPreprocessMap *maps;
  GMutex lock;
  GError *error; /* of the first job that failed */
  guint failed;
};

VoxelTileBatch *voxel_tile_batch_new (const VoxelTileRules *rules, const VoxelTileJob *jobs, guint n_jobs);
void voxel_tile_batch_free (VoxelTileBatch *batch);
void voxel_tile_batch_look (VoxelTileBatch *batch);
gboolean voxel_tile_batch_is_empty (const VoxelTileBatch *batch, guint job);
void voxel_tile_batch_get_sides (const VoxelTileBatch *batch, guint job, guint *height, guint *width);
VoxelTilePass voxel_tile_batch_pass (const VoxelTileBatch *batch, guint job, gfloat *input,
                                     const gfloat *output);
void voxel_tile_batch_fail (VoxelTileBatch *batch, guint job, GError *error);
void voxel_tile_batch_fail_not_finite (VoxelTileBatch *batch, guint job);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelTileBatch, voxel_tile_batch_free)

G_END_DECLS
