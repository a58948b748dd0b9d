/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Flushes a journal to disk in a thread of its own, so that nobody waits for the disk while slices come. */

#include "vote-flusher.h"

#include <errno.h>
#include <unistd.h>

/* After a flush the thread rests so many times as long as it took: other programs need the disk, too. */
#define REST 4

struct _VoxelVoteFlusher {
  gint fd;
  gchar *commit_path;
  GThread *thread;

  GMutex lock;
  GCond changed;
  VoxelVoteCommit wanted;
  VoxelVoteCommit flushed;
  guint waiting;
  gboolean quit;
  GError *error;
};

static gboolean
flush (VoxelVoteFlusher *self, const VoxelVoteCommit *at, GError **error)
{
  gint code;

  if (fdatasync (self->fd) == 0)
    return voxel_vote_commit_save (self->commit_path, at, error);
  code = errno;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "cannot write the journal of \"%s\": %s",
               self->commit_path, g_strerror (code));
  return FALSE;
}

/* Until somebody waits for the next one. Called with the lock held. */
static void
rest (VoxelVoteFlusher *self, gint64 length)
{
  gint64 end = g_get_monotonic_time () + REST * length;

  while (!self->waiting && !self->quit && g_cond_wait_until (&self->changed, &self->lock, end))
    ;
}

static gpointer
run (gpointer data)
{
  VoxelVoteFlusher *self = data;

  g_mutex_lock (&self->lock);
  while (!self->quit && !self->error) {
    VoxelVoteCommit at = self->wanted;
    g_autoptr (GError) error = NULL;
    gint64 began = g_get_monotonic_time ();

    if (at.bytes == self->flushed.bytes) {
      g_cond_wait (&self->changed, &self->lock);
      continue;
    }
    g_mutex_unlock (&self->lock);
    flush (self, &at, &error);
    g_mutex_lock (&self->lock);
    self->error = g_steal_pointer (&error);
    if (!self->error)
      self->flushed = at;
    g_cond_broadcast (&self->changed);
    rest (self, g_get_monotonic_time () - began);
  }
  g_mutex_unlock (&self->lock);
  return NULL;
}

/**
 * voxel_vote_flusher_new:
 * @fd: of the journal; stays the caller's
 * @commit_path: of the commit file
 * @at: what it says now
 *
 * Returns: (transfer full): a thread that does nothing yet
 */
VoxelVoteFlusher *
voxel_vote_flusher_new (gint fd, const gchar *commit_path, const VoxelVoteCommit *at)
{
  VoxelVoteFlusher *self = g_new0 (VoxelVoteFlusher, 1);

  self->fd = fd;
  self->commit_path = g_strdup (commit_path);
  self->wanted = self->flushed = *at;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->thread = g_thread_new ("vote-flusher", run, self);
  return self;
}

static gboolean
check (const VoxelVoteFlusher *self, GError **error)
{
  if (!self->error)
    return TRUE;
  g_propagate_error (error, g_error_copy (self->error));
  return FALSE;
}

/**
 * voxel_vote_flusher_ask:
 * @self: the flusher
 * @at: how far the journal is written
 * @error: #GFileError of an earlier flush
 *
 * Does not wait.
 *
 * Returns: whether all went well so far
 */
gboolean
voxel_vote_flusher_ask (VoxelVoteFlusher *self, const VoxelVoteCommit *at, GError **error)
{
  gboolean well;

  g_mutex_lock (&self->lock);
  self->wanted = *at;
  well = check (self, error);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return well;
}

/**
 * voxel_vote_flusher_wait:
 * @self: the flusher
 * @error: #GFileError
 *
 * Returns: whether all that was asked for is on disk
 */
gboolean
voxel_vote_flusher_wait (VoxelVoteFlusher *self, GError **error)
{
  gboolean well;

  g_mutex_lock (&self->lock);
  self->waiting++;
  g_cond_broadcast (&self->changed);
  while (!self->error && self->flushed.bytes != self->wanted.bytes)
    g_cond_wait (&self->changed, &self->lock);
  self->waiting--;
  well = check (self, error);
  g_mutex_unlock (&self->lock);
  return well;
}

/**
 * voxel_vote_flusher_free:
 * @self: (transfer full): the flusher; what it was asked for may be left undone
 */
void
voxel_vote_flusher_free (VoxelVoteFlusher *self)
{
  g_mutex_lock (&self->lock);
  self->quit = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_clear_error (&self->error);
  g_free (self->commit_path);
  g_free (self);
}
