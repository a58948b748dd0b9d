/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The ballots of slices as they came, in a file that a killed run leaves behind.
 *
 * Records are appended one by one, each with the checksum of all before it. A thread flushes the file to
 * disk, and then the commit file beside it says how far that is true: up to there everything must be whole, or
 * the journal is refused. What lies beyond was written but not flushed: after a kill it is whole but for the last
 * record, after a loss of power any of it may be missing; it counts as far as its checksums hold, the rest is cut
 * off. So no slice is lost to a kill, and nobody waits for a slow disk. */

#include "vote-journal.h"

#include "elements/outputs/output-file.h"
#include "vote-commit.h"
#include "vote-flusher.h"
#include "vote-journal-head.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct _VoxelVoteJournal {
  gchar *path;
  gchar *commit_path;
  VoxelVoteJournalSubject subject;
  gint fd;
  gboolean writable;
  gboolean complete; /* all records are read: the next ones are appended */

  VoxelVoteCommit committed;
  VoxelVoteCommit at; /* behind the last whole record */
  VoxelVoteJournalRange ranges[VOXEL_VOTE_JOURNAL_AXES];
  guint64 size;
  VoxelVoteFlusher *flusher;

  VoxelVoteRecord record;
  guint8 *data;
};

static gboolean refuse (const VoxelVoteJournal *self, GError **error, const gchar *format, ...)
    G_GNUC_PRINTF (3, 4);

static gboolean
refuse (const VoxelVoteJournal *self, GError **error, const gchar *format, ...)
{
  va_list arguments;
  g_autofree gchar *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
               "\"%s\" %s: to start anew remove it and \"%s\", or the whole folder of the run", self->path,
               text, self->commit_path);
  return FALSE;
}

static gboolean
fail (const VoxelVoteJournal *self, const gchar *doing, GError **error)
{
  gint code = errno;
  gboolean full = code == ENOSPC || code == EDQUOT || code == EFBIG;

  g_set_error (error, G_FILE_ERROR, (gint) g_file_error_from_errno (code), "cannot %s \"%s\": %s%s", doing,
               self->path, g_strerror (code),
               full ? "; make room there and run again to go on, or keep the journal on another disk" : "");
  return FALSE;
}

/* A file system without locks does not keep a journal from being written. */
static gboolean
lock (const VoxelVoteJournal *self, GError **error)
{
  if (flock (self->fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN, "\"%s\" is being written by another process",
               self->path);
  return FALSE;
}

static gboolean
write_all (VoxelVoteJournal *self, struct iovec *parts, gint n_parts, GError **error)
{
  off_t offset = (off_t) self->at.bytes;

  while (n_parts > 0) {
    gssize n = pwritev (self->fd, parts, n_parts, offset);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return fail (self, "write", error);
    offset += n;
    for (; n_parts > 0 && (gsize) n >= parts->iov_len; parts++, n_parts--)
      n -= (gssize) parts->iov_len;
    if (n_parts > 0) {
      parts->iov_base = (guint8 *) parts->iov_base + n;
      parts->iov_len -= (gsize) n;
    }
  }
  return TRUE;
}

/* Returns whether all of it is there; a shorter file is no error. */
static gboolean
read_all (VoxelVoteJournal *self, guint64 offset, guint8 *data, gsize size, GError **error)
{
  while (size) {
    gssize n = pread (self->fd, data, size, (off_t) offset);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail (self, "read", error);
    if (n == 0)
      return FALSE;
    data += n;
    offset += (guint64) n;
    size -= (gsize) n;
  }
  return TRUE;
}

/* First the commit of an empty journal, then its name: at no time is there a journal without a commit. */
static gboolean
create (VoxelVoteJournal *self, GError **error)
{
  g_autofree gchar *temporary = g_strconcat (self->path, ".new", NULL);
  g_autofree gchar *folder = g_path_get_dirname (self->path);
  guint8 head[VOXEL_VOTE_JOURNAL_HEAD];
  struct iovec part = {head, sizeof head};

  self->fd = open (temporary, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (self->fd < 0)
    return fail (self, "create", error);
  if (!lock (self, error))
    return FALSE;
  if (ftruncate (self->fd, 0) < 0)
    return fail (self, "create", error);
  self->at.chain = voxel_vote_journal_head_write (&self->subject, head);
  if (!write_all (self, &part, 1, error))
    return FALSE;
  self->at.bytes = sizeof head;
  if (fdatasync (self->fd) < 0)
    return fail (self, "write", error);
  if (!voxel_vote_commit_save (self->commit_path, &self->at, error))
    return FALSE;
  self->committed = self->at;
  if (rename (temporary, self->path) < 0)
    return fail (self, "create", error);
  voxel_output_file_sync_folder (folder);
  self->complete = TRUE;
  return TRUE;
}

/* Whether what was read last, of @size bytes, is what the commit file tells of. */
static gboolean
agrees (const VoxelVoteJournal *self, guint64 size)
{
  const VoxelVoteCommit *at = &self->at, *committed = &self->committed;

  if (at->bytes != committed->bytes)
    return at->bytes < committed->bytes || at->bytes - size >= committed->bytes;
  return at->records == committed->records && at->chain == committed->chain;
}

static gboolean
open_existing (VoxelVoteJournal *self, gboolean has_commit, GError **error)
{
  guint8 head[VOXEL_VOTE_JOURNAL_HEAD];
  g_autoptr (GError) problem = NULL;
  struct stat status;

  if (self->writable && !lock (self, error))
    return FALSE;
  if (fstat (self->fd, &status) < 0)
    return fail (self, "read", error);
  self->size = (guint64) status.st_size;
  if (!has_commit)
    return refuse (self, error, "has lost its commit file");
  if (self->size < self->committed.bytes || self->size < sizeof head)
    return refuse (self, error,
                   "is shorter than it was: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes", self->size,
                   MAX (self->committed.bytes, sizeof head));
  if (!read_all (self, 0, head, sizeof head, &problem) ||
      !voxel_vote_journal_head_check (head, &self->subject, &self->at.chain, &problem))
    return refuse (self, error, "%s", problem ? problem->message : "cannot be read");
  self->at.bytes = sizeof head;
  if (!agrees (self, sizeof head))
    return refuse (self, error, "does not belong to its commit file");
  return TRUE;
}

/**
 * voxel_vote_journal_open:
 * @path: of the journal; its commit file is called the same with .commit
 * @subject: what the votes are of
 * @writable: whether slices will be appended; otherwise no file is touched
 * @error: #GFileError; INVAL where a journal is there but damaged or of another subject: it names the remedy
 *
 * Begins a journal, or opens the one that is there: then all that it holds is to be read before anything is
 * appended.
 *
 * Returns: (nullable) (transfer full): a journal that no other process writes
 */
VoxelVoteJournal *
voxel_vote_journal_open (const gchar *path, const VoxelVoteJournalSubject *subject, gboolean writable,
                         GError **error)
{
  g_autoptr (VoxelVoteJournal) self = g_new0 (VoxelVoteJournal, 1);
  g_autoptr (GError) problem = NULL;
  gboolean has_commit;

  self->path = g_strdup (path);
  self->commit_path = g_strconcat (path, ".commit", NULL);
  self->subject = *subject;
  self->subject.run = g_strdup (subject->run);
  self->writable = writable;
  self->fd = open (path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
  if (self->fd < 0 && errno != ENOENT) {
    fail (self, "open", error);
    return NULL;
  }
  if (!voxel_vote_commit_load (self->commit_path, &self->committed, &has_commit, &problem)) {
    refuse (self, error, "cannot be trusted, since %s", problem->message);
    return NULL;
  }
  if (self->fd >= 0)
    return open_existing (self, has_commit, error) ? g_steal_pointer (&self) : NULL;
  if (has_commit && self->committed.records > 0) {
    refuse (self, error, "is gone, though it had %" G_GUINT64_FORMAT " slices", self->committed.records);
    return NULL;
  }
  self->committed = (VoxelVoteCommit){0};
  self->complete = TRUE;
  if (writable && !create (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* Whether a slice can come next, by what was read so far. */
static gboolean
fits (const VoxelVoteJournal *self, const VoxelVoteRecord *record)
{
  const guint *shape = self->subject.shape;
  const VoxelVoteJournalRange *range = &self->ranges[record->axis % VOXEL_VOTE_JOURNAL_AXES];

  return record->axis < VOXEL_VOTE_JOURNAL_AXES && record->index < shape[record->axis] &&
         record->height == shape[(record->axis + 1) % 3] && record->width == shape[(record->axis + 2) % 3] &&
         (range->first == range->end || record->index == range->end);
}

static void
advance (VoxelVoteJournal *self, const VoxelVoteRecord *record)
{
  VoxelVoteJournalRange *range = &self->ranges[record->axis];

  if (range->first == range->end)
    range->first = record->index;
  range->end = record->index + 1;
  self->at.records++;
  self->at.bytes += VOXEL_VOTE_RECORD_HEAD + record->size;
  self->at.chain = record->chain;
}

/* The largest slice there is, so that one buffer does for all. */
static guint8 *
buffer_of (VoxelVoteJournal *self)
{
  const guint *shape = self->subject.shape;
  gsize size = 0;

  for (guint axis = 0; axis < VOXEL_VOTE_JOURNAL_AXES; axis++)
    size =
        MAX (size, voxel_vote_record_size (self->subject.mode, shape[(axis + 1) % 3], shape[(axis + 2) % 3]));
  if (!self->data)
    self->data = g_malloc (size);
  return self->data;
}

/* Returns whether a whole record lies at the position; none is no error. */
static gboolean
next_record (VoxelVoteJournal *self, VoxelVoteRecord *record, GError **error)
{
  guint8 head[VOXEL_VOTE_RECORD_HEAD];
  guint8 *data = buffer_of (self);

  return read_all (self, self->at.bytes, head, sizeof head, error) &&
         voxel_vote_record_parse (record, head) && fits (self, record) &&
         record->size == voxel_vote_record_size (self->subject.mode, record->height, record->width) &&
         read_all (self, self->at.bytes + sizeof head, data, record->size, error) &&
         voxel_vote_record_holds (record, self->at.chain, head, data);
}

/* What lies behind the last whole record was being written when the run ended. */
static gboolean
cut_tail (VoxelVoteJournal *self, GError **error)
{
  if (self->at.bytes < self->committed.bytes)
    return refuse (self, error,
                   "is damaged at byte %" G_GUINT64_FORMAT ", in the record of slice %" G_GUINT64_FORMAT
                   " of %" G_GUINT64_FORMAT,
                   self->at.bytes, self->at.records + 1, self->committed.records);
  if (self->writable && self->at.bytes < self->size && ftruncate (self->fd, (off_t) self->at.bytes) < 0)
    return fail (self, "write", error);
  self->complete = TRUE;
  return TRUE;
}

/**
 * voxel_vote_journal_read:
 * @self: a journal
 * @record: (out): the slice that comes next in it
 * @error: #GFileError; INVAL where it is damaged: it names the remedy
 *
 * Returns: whether there was one; otherwise, without @error, all have been read
 */
gboolean
voxel_vote_journal_read (VoxelVoteJournal *self, VoxelVoteRecord *record, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (self->complete)
    return FALSE;
  if (!next_record (self, &self->record, &problem)) {
    if (problem)
      g_propagate_error (error, g_steal_pointer (&problem));
    else
      cut_tail (self, error);
    return FALSE;
  }
  advance (self, &self->record);
  if (!agrees (self, VOXEL_VOTE_RECORD_HEAD + self->record.size))
    return refuse (self, error, "does not belong to its commit file");
  *record = self->record;
  return TRUE;
}

/**
 * voxel_vote_journal_get_ballots:
 * @self: a journal of which a slice has just been read
 * @ballots: (out): room for that slice's
 */
void
voxel_vote_journal_get_ballots (VoxelVoteJournal *self, const VoxelVoteImage *ballots)
{
  voxel_vote_record_unpack (self->subject.mode, self->data, ballots);
}

/**
 * voxel_vote_journal_get_range:
 * @self: a journal
 * @axis: 0 z, 1 y, 2 x
 *
 * Returns: which slices of @axis it has, of those read so far
 */
VoxelVoteJournalRange
voxel_vote_journal_get_range (const VoxelVoteJournal *self, guint axis)
{
  return self->ranges[axis];
}

static VoxelVoteFlusher *
flusher_of (VoxelVoteJournal *self)
{
  if (!self->flusher)
    self->flusher = voxel_vote_flusher_new (self->fd, self->commit_path, &self->committed);
  return self->flusher;
}

/**
 * voxel_vote_journal_append:
 * @self: a journal of which all has been read
 * @axis: of the slice
 * @index: of the slice: the one after the last of this axis
 * @ballots: of the slice, as voxel_vote_cast() makes them
 * @error: #GFileError
 *
 * Returns: whether a run that is killed from now on still has this slice
 */
gboolean
voxel_vote_journal_append (VoxelVoteJournal *self, guint axis, guint index, const VoxelVoteImage *ballots,
                           GError **error)
{
  VoxelVoteRecord record = {axis,
                            index,
                            ballots->height,
                            ballots->width,
                            voxel_vote_record_size (self->subject.mode, ballots->height, ballots->width),
                            0};
  guint8 head[VOXEL_VOTE_RECORD_HEAD];
  struct iovec parts[] = {{head, sizeof head}, {buffer_of (self), record.size}};

  g_return_val_if_fail (self->writable && self->complete, FALSE);

  if (!fits (self, &record))
    return refuse (self, error, "has slices up to %u of axis %c, this is slice %u", self->ranges[axis].end,
                   "zyx"[axis], index);
  voxel_vote_record_pack (self->subject.mode, ballots, self->data);
  voxel_vote_record_seal (&record, self->at.chain, self->data, head);
  if (!write_all (self, parts, G_N_ELEMENTS (parts), error))
    return FALSE;
  advance (self, &record);
  return voxel_vote_flusher_ask (flusher_of (self), &self->at, error);
}

/**
 * voxel_vote_journal_commit:
 * @self: a journal of which all has been read
 * @error: #GFileError
 *
 * Returns: whether what was appended so far outlives a loss of power
 */
gboolean
voxel_vote_journal_commit (VoxelVoteJournal *self, GError **error)
{
  if (!self->flusher && self->at.bytes == self->committed.bytes)
    return TRUE;
  return voxel_vote_flusher_ask (flusher_of (self), &self->at, error) &&
         voxel_vote_flusher_wait (self->flusher, error);
}

/**
 * voxel_vote_journal_close:
 * @self: (transfer full): a journal
 */
void
voxel_vote_journal_close (VoxelVoteJournal *self)
{
  if (self->writable && self->complete && self->fd >= 0)
    voxel_vote_journal_commit (self, NULL);
  g_clear_pointer (&self->flusher, voxel_vote_flusher_free);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->data);
  g_free ((gchar *) self->subject.run);
  g_free (self->commit_path);
  g_free (self->path);
  g_free (self);
}
