/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "vote-commit.h"

G_BEGIN_DECLS

typedef struct _VoxelVoteFlusher VoxelVoteFlusher;

VoxelVoteFlusher *voxel_vote_flusher_new (gint fd, const gchar *commit_path, const VoxelVoteCommit *at);
gboolean voxel_vote_flusher_ask (VoxelVoteFlusher *self, const VoxelVoteCommit *at, GError **error);
gboolean voxel_vote_flusher_wait (VoxelVoteFlusher *self, GError **error);
void voxel_vote_flusher_free (VoxelVoteFlusher *self);

G_END_DECLS
