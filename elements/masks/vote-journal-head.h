/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "vote-journal.h"

G_BEGIN_DECLS

/* Bytes of a journal before its records. */
#define VOXEL_VOTE_JOURNAL_HEAD 120

guint64 voxel_vote_journal_head_write (const VoxelVoteJournalSubject *subject, guint8 *head);
guint voxel_vote_journal_head_axes (const guint8 *head);
gboolean voxel_vote_journal_head_check (const guint8 *head, const VoxelVoteJournalSubject *subject,
                                        guint64 *chain, GError **error);

G_END_DECLS
