/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A file that appears under its name when it is complete and not before: written beside its place under a
 * hidden name, flushed to disk, renamed. Who writes holds a lock on it, so that a file left behind by a process
 * that was killed can be told from one that is being written. */

#include "output-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* .NAME.voxel-XXXXXX */
#define INFIX ".voxel-"
#define RANDOM "XXXXXX"
#define ATTEMPTS 16

struct _VoxelOutputFile {
  gchar *path;
  gchar *temporary; /* NULL for pipes and devices, which are written directly */
  gint fd;
};

static const struct {
  gint code;
  const gchar *remedy;
} remedies[] = {
    {ENOSPC, "make room there, or write to another disk"},
    {EDQUOT, "make room there, or write to another disk"},
    {EFBIG, "write to another file system, or raise the limit (ulimit -f)"},
    {EACCES, "write elsewhere, or ask the folder's owner for the permission"},
    {EPERM, "write elsewhere, or ask the folder's owner for the permission"},
    {EROFS, "write to another disk"},
    {ENOENT, "the folder is gone: make it again, or write elsewhere"},
    {ENOTDIR, "a part of the name is no folder: write elsewhere"},
    {EISDIR, "give the file another name"},
    {EIO, "the disk fails: write to another one"},
};

/**
 * voxel_output_file_get_remedy:
 * @code: errno of a call that did not make or write a file
 *
 * Returns: (nullable): what to do about it
 */
const gchar *
voxel_output_file_get_remedy (gint code)
{
  for (guint i = 0; i < G_N_ELEMENTS (remedies); i++) {
    if (remedies[i].code == code)
      return remedies[i].remedy;
  }
  return NULL;
}

/**
 * voxel_output_file_set_error:
 * @error: where to
 * @doing: what could not be done, such as "Cannot write"
 * @path: to what
 * @code: errno of the failed call
 *
 * Sets a G_IO_ERROR that names @path, the cause and a remedy.
 */
void
voxel_output_file_set_error (GError **error, const gchar *doing, const gchar *path, gint code)
{
  const gchar *remedy = voxel_output_file_get_remedy (code);

  g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code), "%s %s: %s%s%s", doing, path,
               g_strerror (code), remedy ? "; " : "", remedy ? remedy : "");
}

static gboolean
fail (const VoxelOutputFile *self, const gchar *doing, GError **error)
{
  voxel_output_file_set_error (error, doing, self->path, errno);
  return FALSE;
}

/* Returns whether the file is still there: between its creation and its lock another process may have taken it for
 * a leftover. Where there are no locks nobody does. */
static gboolean
hold (gint fd)
{
  struct stat status;

  if (flock (fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
    return FALSE;
  return fstat (fd, &status) == 0 && status.st_nlink > 0;
}

static gboolean
open_temporary (VoxelOutputFile *self, GError **error)
{
  g_autofree gchar *folder = g_path_get_dirname (self->path);
  g_autofree gchar *base = g_path_get_basename (self->path);
  g_autofree gchar *hidden = g_strconcat (".", base, INFIX RANDOM, NULL);

  for (guint i = 0; i < ATTEMPTS; i++) {
    g_free (self->temporary);
    self->temporary = g_build_filename (folder, hidden, NULL);
    self->fd = g_mkstemp_full (self->temporary, O_RDWR | O_CLOEXEC, 0666);
    if (self->fd < 0)
      break;
    if (hold (self->fd))
      return TRUE;
    close (self->fd);
    self->fd = -1;
    errno = EAGAIN;
  }
  g_clear_pointer (&self->temporary, g_free);
  return fail (self, "Cannot create", error);
}

static gboolean
is_temporary (const gchar *name)
{
  const gchar *infix = *name == '.' ? g_strrstr (name, INFIX) : NULL;

  return infix && infix > name && strlen (infix) == strlen (INFIX RANDOM);
}

/**
 * voxel_output_file_clean:
 * @folder: in which files are going to be written
 *
 * Removes files that processes left unfinished there because they were killed.
 */
void
voxel_output_file_clean (const gchar *folder)
{
  g_autoptr (GDir) names = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while (names && (name = g_dir_read_name (names))) {
    g_autofree gchar *path = g_build_filename (folder, name, NULL);
    gint fd = is_temporary (name) ? open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1;

    if (fd < 0)
      continue;
    if (flock (fd, LOCK_EX | LOCK_NB) == 0)
      unlink (path);
    close (fd);
  }
}

/**
 * voxel_output_file_new:
 * @path: where the file shall appear; an existing one stays until it is replaced. A link is followed; a
 *   pipe or a device is written directly.
 * @error: G_IO_ERROR, naming the file
 *
 * Returns: (nullable) (transfer full): a file, to be closed by voxel_output_file_finish() or
 *   voxel_output_file_abort()
 */
VoxelOutputFile *
voxel_output_file_new (const gchar *path, GError **error)
{
  g_autoptr (VoxelOutputFile) self = g_new0 (VoxelOutputFile, 1);
  gchar *resolved = realpath (path, NULL);
  struct stat status;

  self->fd = -1;
  self->path = g_strdup (resolved ? resolved : path);
  free (resolved);
  if (stat (self->path, &status) == 0 && !S_ISREG (status.st_mode)) {
    if (S_ISDIR (status.st_mode)) {
      errno = EISDIR;
      fail (self, "Cannot write", error);
      return NULL;
    }
    self->fd = open (self->path, O_WRONLY | O_CLOEXEC);
    if (self->fd < 0) {
      fail (self, "Cannot open", error);
      return NULL;
    }
    return g_steal_pointer (&self);
  }
  if (!open_temporary (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * voxel_output_file_get_path:
 * @self: a file
 *
 * Returns: its name once complete
 */
const gchar *
voxel_output_file_get_path (const VoxelOutputFile *self)
{
  return self->path;
}

/**
 * voxel_output_file_get_fd:
 * @self: a file
 *
 * Returns: its descriptor, owned by @self
 */
gint
voxel_output_file_get_fd (const VoxelOutputFile *self)
{
  return self->fd;
}

/**
 * voxel_output_file_is_seekable:
 * @self: a file
 *
 * Returns: whether it is a regular file
 */
gboolean
voxel_output_file_is_seekable (const VoxelOutputFile *self)
{
  return self->temporary != NULL;
}

/**
 * voxel_output_file_write:
 * @self: a file
 * @data: bytes to append
 * @size: how many
 * @error: G_IO_ERROR, naming the file
 *
 * Returns: whether all of them were taken
 */
gboolean
voxel_output_file_write (VoxelOutputFile *self, gconstpointer data, gsize size, GError **error)
{
  const guint8 *from = data;

  while (size) {
    gssize written = write (self->fd, from, size);

    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return fail (self, "Cannot write", error);
    from += written;
    size -= (gsize) written;
  }
  return TRUE;
}

static void
release (VoxelOutputFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->temporary);
  g_free (self->path);
  g_free (self);
}

/**
 * voxel_output_file_sync_folder:
 * @folder: where a file was renamed or removed
 *
 * So that this survives a loss of power; where a folder cannot be synced that has to do.
 */
void
voxel_output_file_sync_folder (const gchar *folder)
{
  gint fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

/**
 * voxel_output_file_sync_file_system:
 * @folder: where files were written
 *
 * Waits until all of them are on disk: one by one many would take long. Where that fails it has to do.
 */
void
voxel_output_file_sync_file_system (const gchar *folder)
{
  gint fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  if (syncfs (fd) < 0)
    g_warning ("cannot sync the file system of %s", folder);
  close (fd);
}

/**
 * voxel_output_file_finish:
 * @self: (transfer full): a file
 * @durable: whether to wait until it is on disk
 * @error: G_IO_ERROR, naming the file; nothing appears then
 *
 * Returns: whether the file now stands under its name
 */
gboolean
voxel_output_file_finish (VoxelOutputFile *self, gboolean durable, GError **error)
{
  /* Closing tells of errors, but must not give up the lock before the file has its name. */
  gint lock = fcntl (self->fd, F_DUPFD_CLOEXEC, 0);
  gboolean complete = TRUE;

  if (self->temporary && durable && fsync (self->fd) < 0)
    complete = fail (self, "Cannot write", error);
  if (complete && close (self->fd) < 0)
    complete = fail (self, "Cannot write", error);
  else if (!complete)
    close (self->fd);
  self->fd = -1;
  if (self->temporary && complete && rename (self->temporary, self->path) < 0)
    complete = fail (self, "Cannot put in place", error);
  if (self->temporary && !complete)
    unlink (self->temporary);
  if (lock >= 0)
    close (lock);
  if (self->temporary && complete && durable) {
    g_autofree gchar *folder = g_path_get_dirname (self->path);

    voxel_output_file_sync_folder (folder);
  }
  release (self);
  return complete;
}

/**
 * voxel_output_file_abort:
 * @self: (transfer full): a file, to be forgotten
 */
void
voxel_output_file_abort (VoxelOutputFile *self)
{
  if (self->temporary)
    unlink (self->temporary);
  release (self);
}
