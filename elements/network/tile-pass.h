/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/network/preprocess.h"
#include "elements/network/tile-network.h"
#include "models/run.h"

G_BEGIN_DECLS

/**
 * VoxelTilePass:
 * @job: pixels in, scores out
 * @map: from pixels to the network's input
 * @run: of @padded_width x @padded_height, in use by this pass alone
 * @in_channels: of the network, which all get the same
 * @out_channel: of the network, the scores
 * @padded_width: columns that the network sees: those of the view and a reflected margin
 * @padded_height: rows likewise
 *
 * One tile on its way through a network.
 */
typedef struct {
  const VoxelTileJob *job;
  VoxelPreprocessMap map;
  VoxelRun *run;
  guint in_channels;
  guint out_channel;
  guint padded_width;
  guint padded_height;
} VoxelTilePass;

gboolean voxel_tile_pass_run (const VoxelTilePass *pass, gboolean *finite, GError **error);
void voxel_tile_pass_background (const VoxelTileJob *job);

G_END_DECLS
