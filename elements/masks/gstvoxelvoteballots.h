/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

#include "elements/stream/voxel.h"
#include "gstvoxelvotesettings.h"

G_BEGIN_DECLS

typedef struct _GstVoxelVoteBallots GstVoxelVoteBallots;

/**
 * GstVoxelVoteBallots:
 *
 * Room for the ballots of one slice, and what its pixels mean. Start from zeros; fields are private.
 */
struct _GstVoxelVoteBallots {
  guint8 *pixels;
  gsize size;
  guint16 *probabilities;
  GstVoxelContent probabilities_of;
};

VoxelVoteImage gst_voxel_vote_ballots_image (const GstVideoFrame *frame);
VoxelVoteImage gst_voxel_vote_ballots_get (GstVoxelVoteBallots *ballots, VoxelVoteMode mode, guint width,
                                           guint height);
gboolean gst_voxel_vote_ballots_cast (GstVoxelVoteBallots *ballots, const GstVoxelVoteSettings *settings,
                                      GstBuffer *buffer, const GstVideoInfo *info, VoxelVoteImage *cast);
void gst_voxel_vote_ballots_clear (GstVoxelVoteBallots *ballots);

G_END_DECLS
