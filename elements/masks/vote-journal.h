/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "vote-record.h"

G_BEGIN_DECLS

#define VOXEL_VOTE_JOURNAL_AXES 3

/**
 * VoxelVoteJournalSubject:
 * @shape: voxels along z, y, x
 * @mode: how votes are counted
 * @threshold: probability above which an axis votes for a voxel
 * @axes: bit (1 << axis) for every axis that is promised
 * @run: (nullable): what else the ballots depend on, as any text
 *
 * What a journal is of: ballots of another subject are refused.
 */
typedef struct {
  guint shape[VOXEL_VOTE_JOURNAL_AXES];
  VoxelVoteMode mode;
  gdouble threshold;
  guint axes;
  const gchar *run;
} VoxelVoteJournalSubject;

/**
 * VoxelVoteJournalRange:
 * @first: the first slice of an axis that is in the journal
 * @end: one more than the last one; equal to @first where there is none
 */
typedef struct {
  guint first;
  guint end;
} VoxelVoteJournalRange;

typedef struct _VoxelVoteJournal VoxelVoteJournal;

VoxelVoteJournal *voxel_vote_journal_open (const gchar *path, const VoxelVoteJournalSubject *subject,
                                           gboolean writable, GError **error);
gboolean voxel_vote_journal_read (VoxelVoteJournal *self, VoxelVoteRecord *record, GError **error);
void voxel_vote_journal_get_ballots (VoxelVoteJournal *self, const VoxelVoteImage *ballots);
VoxelVoteJournalRange voxel_vote_journal_get_range (const VoxelVoteJournal *self, guint axis);
gboolean voxel_vote_journal_append (VoxelVoteJournal *self, guint axis, guint index,
                                    const VoxelVoteImage *ballots, GError **error);
gboolean voxel_vote_journal_commit (VoxelVoteJournal *self, GError **error);
void voxel_vote_journal_close (VoxelVoteJournal *self);

gboolean voxel_vote_journal_survey (const gchar *path, VoxelVoteJournalSubject *subject,
                                    VoxelVoteJournalRange ranges[VOXEL_VOTE_JOURNAL_AXES], guint64 *bytes,
                                    GError **error);
guint64 voxel_vote_journal_estimate (const VoxelVoteJournalSubject *subject);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelVoteJournal, voxel_vote_journal_close)

G_END_DECLS
