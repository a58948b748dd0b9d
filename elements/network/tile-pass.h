/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/network/picture-parts.h"
#include "elements/network/preprocess.h"
#include "elements/network/tile-network.h"
#include "models/run.h"

G_BEGIN_DECLS

/**
 * VoxelTilePass:
 * @job: pixels in, scores out
 * @maps: (array): from the pixels of each of the job's planes to the network's input
 * @planes: how many the job has: as many as @in_channels, or one for all
 * @run: of a part's size, in use by this pass alone
 * @in_channels: of the network
 * @out_channel: of the network, the scores
 * @parts: in which the network sees the view and a reflected margin, one or several
 *
 * One tile on its way through a network.
 */
typedef struct {
  const VoxelTileJob *job;
  const VoxelPreprocessMap *maps;
  guint planes;
  VoxelRun *run;
  guint in_channels;
  guint out_channel;
  const VoxelPictureParts *parts;
} VoxelTilePass;

gboolean voxel_tile_pass_run (const VoxelTilePass *pass, gboolean *finite, GError **error);
void voxel_tile_pass_background (const VoxelTileJob *job);

G_END_DECLS
