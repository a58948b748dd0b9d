/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The small file beside a journal, replaced as a whole. Its text has one form only, so that a byte changed
 * anywhere is noticed. */

#include "vote-commit.h"

#include "vote-record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static gchar *
to_text (const VoxelVoteCommit *commit)
{
  g_autofree gchar *body =
      g_strdup_printf ("voxel vote journal commit 1\nrecords %" G_GUINT64_FORMAT "\nbytes %" G_GUINT64_FORMAT
                       "\nchain %016" G_GINT64_MODIFIER "x\n",
                       commit->records, commit->bytes, commit->chain);

  return g_strdup_printf ("%scheck %016" G_GINT64_MODIFIER "x\n", body,
                          voxel_vote_record_checksum (0, body, strlen (body)));
}

static gboolean
from_text (const gchar *text, gsize size, VoxelVoteCommit *commit)
{
  g_autofree gchar *again = NULL;

  if (sscanf (text,
              "voxel vote journal commit 1\nrecords %" G_GUINT64_FORMAT "\nbytes %" G_GUINT64_FORMAT
              "\nchain %" G_GINT64_MODIFIER "x\n",
              &commit->records, &commit->bytes, &commit->chain) != 3)
    return FALSE;
  again = to_text (commit);
  return strlen (again) == size && memcmp (again, text, size) == 0;
}

/**
 * voxel_vote_commit_load:
 * @path: of the commit file
 * @commit: (out): what it says
 * @exists: (out): whether there is one
 * @error: #GFileError; INVAL where it is damaged
 *
 * Returns: whether there is none or it is whole
 */
gboolean
voxel_vote_commit_load (const gchar *path, VoxelVoteCommit *commit, gboolean *exists, GError **error)
{
  g_autofree gchar *text = NULL;
  g_autoptr (GError) problem = NULL;
  gsize size = 0;

  *exists = g_file_get_contents (path, &text, &size, &problem);
  if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return TRUE;
  if (problem) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (from_text (text, size, commit))
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "\"%s\" is damaged", path);
  return FALSE;
}

static gboolean
write_all (gint fd, const gchar *text, gsize size)
{
  while (size) {
    gssize n = write (fd, text, size);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    text += n;
    size -= (gsize) n;
  }
  return TRUE;
}

/**
 * voxel_vote_commit_save:
 * @path: of the commit file
 * @commit: what it shall say; the journal is on disk that far
 * @error: #GFileError
 *
 * Either the old or the new file is there at any time, also after a loss of power.
 *
 * Returns: whether it was replaced
 */
gboolean
voxel_vote_commit_save (const gchar *path, const VoxelVoteCommit *commit, GError **error)
{
  g_autofree gchar *temporary = g_strconcat (path, ".new", NULL);
  g_autofree gchar *text = to_text (commit);
  gint fd = open (temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), code;
  gboolean written = fd >= 0 && write_all (fd, text, strlen (text)) && fdatasync (fd) == 0;

  code = errno;
  if (fd >= 0)
    close (fd);
  if (written && rename (temporary, path) == 0)
    return TRUE;
  code = written ? errno : code;
  if (fd >= 0)
    unlink (temporary);
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "cannot write \"%s\": %s", path,
               g_strerror (code));
  return FALSE;
}
