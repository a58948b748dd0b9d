/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "brick-scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <glib/gstdio.h>

/* Of a longer range Linux fetches the beginning only. */
#define EXPECTED_AT_ONCE (128 * 1024)

struct _VoxelBrickScratch {
  gchar *directory;
  int fd;
  guint64 size;
};

static void
set_error (GError **error, const VoxelBrickScratch *scratch, int code, const gchar *doing)
{
  g_autofree gchar *size = g_format_size (scratch->size);

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
               "scratch file in \"%s\" (%s so far): %s: %s; choose another directory with scratch or raise "
               "memory-limit",
               scratch->directory, size, doing, g_strerror (code));
}

/* A file without a name leaves nothing behind, however the process ends. */
static int
open_nameless (const gchar *directory)
{
  g_autofree gchar *path = NULL;
  int fd = open (directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
    return fd;
  path = g_build_filename (directory, "voxel-XXXXXX", NULL);
  fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    g_unlink (path);
  return fd;
}

static gboolean
check_space (const VoxelBrickScratch *scratch, guint64 expected, GError **error)
{
  g_autofree gchar *need = g_format_size (expected);
  g_autofree gchar *have = NULL;
  struct statvfs fs;
  guint64 available;

  /* Some file systems do not say: then the first write that fails does. */
  if (expected == 0 || fstatvfs (scratch->fd, &fs) != 0 || fs.f_blocks == 0)
    return TRUE;
  available = (guint64) fs.f_bavail * fs.f_frsize;
  if (expected <= available)
    return TRUE;
  have = g_format_size (available);
  g_set_error (
      error, G_FILE_ERROR, G_FILE_ERROR_NOSPC,
      "scratch file in \"%s\" would grow to %s, only %s are free; choose another directory with scratch "
      "or raise memory-limit",
      scratch->directory, need, have);
  return FALSE;
}

/* What is set aside is nobody else's, another scratch file's neither: two that would not fit together are told
 * apart before either is full. Where file systems cannot do that, the first write that fails tells. */
static gboolean
reserve (const VoxelBrickScratch *scratch, guint64 expected, GError **error)
{
  int code = 0;

  if (expected == 0)
    return TRUE;
  do {
    code = fallocate (scratch->fd, FALLOC_FL_KEEP_SIZE, 0, (off_t) expected) == 0 ? 0 : errno;
  } while (code == EINTR);
  if (code != ENOSPC && code != EDQUOT)
    return TRUE;
  set_error (error, scratch, code, "cannot set aside what it will take");
  return FALSE;
}

/**
 * voxel_brick_scratch_new:
 * @directory: where the file lies; it has no name there
 * @expected: bytes that will be written, 0 where nobody knows; set aside where the file system can
 * @error: #GFileError; NOSPC where @expected bytes are not free
 *
 * Returns: (nullable) (transfer full): an empty scratch file; bytes never written read as zero
 */
VoxelBrickScratch *
voxel_brick_scratch_new (const gchar *directory, guint64 expected, GError **error)
{
  g_autoptr (VoxelBrickScratch) scratch = g_new0 (VoxelBrickScratch, 1);

  scratch->directory = g_strdup (directory);
  scratch->fd = open_nameless (directory);
  if (scratch->fd < 0) {
    set_error (error, scratch, errno, "cannot create it");
    return NULL;
  }
  /* What is read is known ahead: a guess would read bricks that nobody wants. */
  posix_fadvise (scratch->fd, 0, 0, POSIX_FADV_RANDOM);
  if (!check_space (scratch, expected, error) || !reserve (scratch, expected, error))
    return NULL;
  return g_steal_pointer (&scratch);
}

static void
grow (VoxelBrickScratch *scratch, guint64 size)
{
  guint64 old = __atomic_load_n (&scratch->size, __ATOMIC_RELAXED);

  while (old < size &&
         !__atomic_compare_exchange_n (&scratch->size, &old, size, TRUE, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    continue;
}

/**
 * voxel_brick_scratch_write:
 * @scratch: the file
 * @offset: bytes from its start
 * @data: what to write
 * @size: bytes of @data
 * @error: #GFileError naming the directory and the file's size
 *
 * May be called from several threads.
 *
 * Returns: whether all was written
 */
gboolean
voxel_brick_scratch_write (VoxelBrickScratch *scratch, guint64 offset, const void *data, gsize size,
                           GError **error)
{
  const guint8 *from = data;

  while (size > 0) {
    gssize n = pwrite (scratch->fd, from, size, (off_t) offset);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      set_error (error, scratch, n < 0 ? errno : ENOSPC, "cannot write");
      return FALSE;
    }
    from += n;
    offset += (guint64) n;
    size -= (gsize) n;
    grow (scratch, offset);
  }
  return TRUE;
}

/**
 * voxel_brick_scratch_read:
 * @scratch: the file
 * @offset: bytes from its start
 * @data: where to put them
 * @size: bytes to read; those never written are zero, also beyond the end
 * @error: #GFileError naming the directory and the file's size
 *
 * Returns: whether all was read
 */
gboolean
voxel_brick_scratch_read (VoxelBrickScratch *scratch, guint64 offset, void *data, gsize size, GError **error)
{
  guint8 *to = data;

  while (size > 0) {
    gssize n = pread (scratch->fd, to, size, (off_t) offset);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      set_error (error, scratch, errno, "cannot read back");
      return FALSE;
    }
    if (n == 0) {
      memset (to, 0, size);
      return TRUE;
    }
    to += n;
    offset += (guint64) n;
    size -= (gsize) n;
  }
  return TRUE;
}

/**
 * voxel_brick_scratch_expect:
 * @scratch: the file
 * @offset: bytes from its start
 * @size: bytes that are going to be read soon
 *
 * Lets the system fetch them meanwhile, into memory of its own.
 */
void
voxel_brick_scratch_expect (VoxelBrickScratch *scratch, guint64 offset, guint64 size)
{
  guint64 end = MIN (offset + size, scratch->size);

  for (; offset < end; offset += EXPECTED_AT_ONCE)
    posix_fadvise (scratch->fd, (off_t) offset, (off_t) MIN (end - offset, EXPECTED_AT_ONCE),
                   POSIX_FADV_WILLNEED);
}

/**
 * voxel_brick_scratch_get_size:
 * @scratch: the file
 *
 * Returns: its length in bytes; holes in it take no space
 */
guint64
voxel_brick_scratch_get_size (const VoxelBrickScratch *scratch)
{
  return scratch->size;
}

/**
 * voxel_brick_scratch_get_reserved:
 * @scratch: the file
 *
 * Returns: bytes that it takes on the disk, written or set aside
 */
guint64
voxel_brick_scratch_get_reserved (const VoxelBrickScratch *scratch)
{
  struct stat status;

  return fstat (scratch->fd, &status) == 0 ? (guint64) status.st_blocks * 512 : 0;
}

/**
 * voxel_brick_scratch_free:
 * @scratch: the file, gone afterwards
 */
void
voxel_brick_scratch_free (VoxelBrickScratch *scratch)
{
  if (scratch->fd >= 0)
    close (scratch->fd);
  g_free (scratch->directory);
  g_free (scratch);
}
