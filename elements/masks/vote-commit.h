/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelVoteCommit:
 * @records: slices that are safely in the journal
 * @bytes: where they end
 * @chain: checksum of all of them
 *
 * How much of a journal is on disk for certain.
 */
typedef struct {
  guint64 records;
  guint64 bytes;
  guint64 chain;
} VoxelVoteCommit;

gboolean voxel_vote_commit_load (const gchar *path, VoxelVoteCommit *commit, gboolean *exists,
                                 GError **error);
gboolean voxel_vote_commit_save (const gchar *path, const VoxelVoteCommit *commit, GError **error);

G_END_DECLS
