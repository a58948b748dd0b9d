/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/network/picture-parts.h"
#include "elements/network/preprocess.h"
#include "elements/network/tile-network.h"

G_BEGIN_DECLS

/**
 * VoxelTilePass:
 * @job: pixels in, scores out
 * @maps: (array): from the pixels of each of the job's planes to the network's input
 * @planes: how many the job has: as many as @in_channels, or one for all
 * @input: of the network, @in_channels planes of a part's size
 * @output: of the network likewise
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
  gfloat *input;
  const gfloat *output;
  guint in_channels;
  guint out_channel;
  const VoxelPictureParts *parts;
} VoxelTilePass;

void voxel_tile_pass_fill (const VoxelTilePass *pass, guint part);
gboolean voxel_tile_pass_code (const VoxelTilePass *pass, guint part);
void voxel_tile_pass_background (const VoxelTileJob *job);

G_END_DECLS
