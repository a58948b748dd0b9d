/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "vote-ballot.h"

G_BEGIN_DECLS

/* Bytes of a record before its ballots. */
#define VOXEL_VOTE_RECORD_HEAD 40

/**
 * VoxelVoteRecord:
 * @axis: direction of the slice: 0 z, 1 y, 2 x
 * @index: of the slice
 * @height: its rows
 * @width: its columns
 * @size: bytes of its ballots
 * @chain: checksum of all records up to this one
 *
 * What a vote journal says of a slice.
 */
typedef struct {
  guint axis;
  guint index;
  guint height;
  guint width;
  guint64 size;
  guint64 chain;
} VoxelVoteRecord;

guint64 voxel_vote_record_checksum (guint64 before, gconstpointer data, gsize size);
gsize voxel_vote_record_size (VoxelVoteMode mode, guint height, guint width);
void voxel_vote_record_pack (VoxelVoteMode mode, const VoxelVoteImage *ballots, guint8 *data);
void voxel_vote_record_unpack (VoxelVoteMode mode, const guint8 *data, const VoxelVoteImage *ballots);
void voxel_vote_record_seal (VoxelVoteRecord *record, guint64 before, const guint8 *data, guint8 *head);
gboolean voxel_vote_record_parse (VoxelVoteRecord *record, const guint8 *head);
gboolean voxel_vote_record_holds (const VoxelVoteRecord *record, guint64 before, const guint8 *head,
                                  const guint8 *data);

G_END_DECLS
