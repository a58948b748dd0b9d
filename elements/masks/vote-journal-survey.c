/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vote-journal.h"
#include "vote-journal-head.h"

#include <fcntl.h>
#include <unistd.h>

/* What tiles are too large for is left out of what was promised, so a journal may have less. */
static void
adopt_axes (const gchar *path, VoxelVoteJournalSubject *subject)
{
  guint8 head[VOXEL_VOTE_JOURNAL_HEAD];
  gint fd = open (path, O_RDONLY | O_CLOEXEC);
  guint axes;

  if (fd < 0)
    return;
  if (read (fd, head, sizeof head) == (gssize) sizeof head) {
    axes = voxel_vote_journal_head_axes (head);
    if (axes && !(axes & ~subject->axes))
      subject->axes = axes;
  }
  close (fd);
}

/**
 * voxel_vote_journal_survey:
 * @path: of the journal
 * @subject: (inout): what it should be of; gets the axes of the journal, where they are fewer
 * @ranges: (out): slices of each axis that it has; none where there is no journal
 * @bytes: (out): that these take
 * @error: as voxel_vote_journal_open() and voxel_vote_journal_read()
 *
 * Reads all of a journal and changes nothing.
 *
 * Returns: whether voxel_vote_journal_open() will go on with it
 */
gboolean
voxel_vote_journal_survey (const gchar *path, VoxelVoteJournalSubject *subject,
                           VoxelVoteJournalRange ranges[VOXEL_VOTE_JOURNAL_AXES], guint64 *bytes,
                           GError **error)
{
  g_autoptr (VoxelVoteJournal) self = NULL;
  g_autoptr (GError) problem = NULL;
  VoxelVoteRecord record;

  adopt_axes (path, subject);
  self = voxel_vote_journal_open (path, subject, FALSE, error);
  if (!self)
    return FALSE;
  *bytes = VOXEL_VOTE_JOURNAL_HEAD;
  while (voxel_vote_journal_read (self, &record, &problem))
    *bytes += VOXEL_VOTE_RECORD_HEAD + record.size;
  for (guint axis = 0; axis < VOXEL_VOTE_JOURNAL_AXES; axis++)
    ranges[axis] = voxel_vote_journal_get_range (self, axis);
  if (!problem)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/**
 * voxel_vote_journal_estimate:
 * @subject: what a journal is of
 *
 * Returns: bytes that it takes with all slices of all its axes
 */
guint64
voxel_vote_journal_estimate (const VoxelVoteJournalSubject *subject)
{
  const guint *shape = subject->shape;
  guint64 bytes = VOXEL_VOTE_JOURNAL_HEAD;

  for (guint axis = 0; axis < VOXEL_VOTE_JOURNAL_AXES; axis++) {
    if (subject->axes & 1u << axis)
      bytes += shape[axis] *
               (VOXEL_VOTE_RECORD_HEAD + (guint64) voxel_vote_record_size (
                                             subject->mode, shape[(axis + 1) % 3], shape[(axis + 2) % 3]));
  }
  return bytes;
}
