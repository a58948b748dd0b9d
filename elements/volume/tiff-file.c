/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tiff-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_AGAIN "copy it again from where it came"

static gint64
modified_at (const struct stat *status)
{
  return (gint64) status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;
}

static gboolean
open_regular (VoxelTiffFile *file, GError **error)
{
  struct stat status;

  /* O_NONBLOCK: a named pipe must be refused, not waited for. */
  file->fd = open (file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file->fd < 0 || fstat (file->fd, &status) != 0) {
    voxel_tiff_error_set_errno (error, file->path, errno);
    return FALSE;
  }
  if (!S_ISREG (status.st_mode)) {
    g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_NOT_TIFF,
                 "\"%s\": is a folder, pipe or device, no TIFF file", file->path);
    return FALSE;
  }
  if (status.st_size == 0) {
    g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_EMPTY, "\"%s\": is empty (0 bytes): " COPY_AGAIN,
                 file->path);
    return FALSE;
  }
  file->size = (guint64) status.st_size;
  file->modified = modified_at (&status);
  file->inode = status.st_ino;
  return TRUE;
}

static guint64
read_number (const guint8 *bytes, guint size, gboolean big_endian)
{
  guint64 value = 0;

  for (guint i = 0; i < size; i++)
    value = value << 8 | bytes[big_endian ? i : size - 1 - i];
  return value;
}

/* TIFF 6.0, section 2, and the BigTIFF header: byte order, 42 or 43, place of the first directory. */
static gboolean
read_header (VoxelTiffFile *file, GError **error)
{
  guint8 header[16] = {0};
  gboolean little, big;
  guint64 version;

  if (!voxel_tiff_file_read_at (file, 0, header, MIN (file->size, sizeof header), 0, error))
    return FALSE;
  little = memcmp (header, "II", 2) == 0;
  file->big_endian = memcmp (header, "MM", 2) == 0;
  version = read_number (header + 2, 2, file->big_endian);
  big = version == 43;
  if ((!little && !file->big_endian) || (version != 42 && !big)) {
    g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_NOT_TIFF,
                 "\"%s\": is no TIFF file: convert it to TIFF, or take it out of the stack", file->path);
    return FALSE;
  }
  if (file->size < (big ? 16 : 8)) {
    g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_TRUNCATED,
                 "\"%s\": ends within its header (%" G_GUINT64_FORMAT " bytes): " COPY_AGAIN, file->path,
                 file->size);
    return FALSE;
  }
  file->first_directory =
      big ? read_number (header + 8, 8, file->big_endian) : read_number (header + 4, 4, file->big_endian);
  if (file->first_directory == 0) {
    g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_EMPTY,
                 "\"%s\": has no pages (0 directories): its writer did not finish; write it again",
                 file->path);
    return FALSE;
  }
  if (file->first_directory >= file->size) {
    g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_TRUNCATED,
                 "\"%s\": is truncated: its directory should be at byte %" G_GUINT64_FORMAT
                 " of %" G_GUINT64_FORMAT ": " COPY_AGAIN,
                 file->path, file->first_directory, file->size);
    return FALSE;
  }
  return TRUE;
}

/**
 * voxel_tiff_file_open:
 * @path: name of the file
 * @error: VOXEL_TIFF_ERROR_NOT_FOUND, PERMISSION, READ, EMPTY, NOT_TIFF or TRUNCATED
 *
 * Looks at the first 16 bytes only.
 *
 * Returns: (transfer full): the open file
 */
VoxelTiffFile *
voxel_tiff_file_open (const gchar *path, GError **error)
{
  g_autoptr (VoxelTiffFile) file = g_new0 (VoxelTiffFile, 1);

  file->path = g_strdup (path);
  file->fd = -1;
  file->allowance = G_MAXUINT64;
  if (!open_regular (file, error) || !read_header (file, error))
    return NULL;
  return g_steal_pointer (&file);
}

/**
 * voxel_tiff_file_is_unchanged:
 * @file: an open file
 * @size: bytes that it had
 * @modified: time of the last change that it had
 * @inode: which file it was
 *
 * Asks the system anew.
 *
 * Returns: whether nobody has written to it, nor put another file in its place before it was opened
 */
gboolean
voxel_tiff_file_is_unchanged (const VoxelTiffFile *file, guint64 size, gint64 modified, guint64 inode)
{
  struct stat status;

  return fstat (file->fd, &status) == 0 && (guint64) status.st_size == size &&
         modified_at (&status) == modified && status.st_ino == inode;
}

/**
 * voxel_tiff_file_close:
 * @file: (transfer full): an open file
 */
void
voxel_tiff_file_close (VoxelTiffFile *file)
{
  if (file->tiff)
    TIFFClose (file->tiff);
  if (file->fd >= 0)
    close (file->fd);
  g_free (file->complaint);
  g_free (file->path);
  g_free (file);
}

/**
 * voxel_tiff_file_set_allowance:
 * @file: an open file
 * @bytes: that libtiff may read from now on before the file seems to end, then 0; G_MAXUINT64 = any number
 *
 * Directories that share what they point to let a file of megabytes ask for terabytes of reading.
 */
void
voxel_tiff_file_set_allowance (VoxelTiffFile *file, guint64 bytes)
{
  file->allowance = bytes;
}

static tmsize_t
client_read (thandle_t handle, void *buffer, tmsize_t size)
{
  VoxelTiffFile *file = handle;
  gsize done = 0;

  if ((guint64) size > file->allowance) {
    file->allowance = 0;
    return 0;
  }
  if (file->allowance != G_MAXUINT64)
    file->allowance -= (guint64) size;
  while (done < (gsize) size) {
    gssize got =
        pread (file->fd, (guint8 *) buffer + done, (gsize) size - done, (off_t) (file->position + done));

    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      break;
    done += (gsize) got;
  }
  file->position += done;
  return (tmsize_t) done;
}

static tmsize_t
client_write (thandle_t handle, void *buffer, tmsize_t size)
{
  return -1;
}

static toff_t
client_seek (thandle_t handle, toff_t offset, int whence)
{
  VoxelTiffFile *file = handle;
  guint64 base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file->position : file->size;

  if (offset > (guint64) G_MAXINT64 - base)
    return (toff_t) -1;
  file->position = base + offset;
  return file->position;
}

static int
client_close (thandle_t handle)
{
  return 0;
}

static toff_t
client_size (thandle_t handle)
{
  return ((VoxelTiffFile *) handle)->size;
}

/* The first complaint is the cause, those after it follow from it. */
static int
keep_error (TIFF *tiff, void *user_data, const char *module, const char *format, va_list arguments)
{
  VoxelTiffFile *file = user_data;

  if (!file->complaint)
    file->complaint = g_strdup_vprintf (format, arguments);
  return 1;
}

static int
log_warning (TIFF *tiff, void *user_data, const char *module, const char *format, va_list arguments)
{
  g_autofree gchar *text = g_strdup_vprintf (format, arguments);

  g_debug ("\"%s\": %s", ((VoxelTiffFile *) user_data)->path, text);
  return 1;
}

/**
 * voxel_tiff_file_get_tiff:
 * @file: an open file
 * @error: VOXEL_TIFF_ERROR_BROKEN or TRUNCATED with what libtiff says
 *
 * Returns: (transfer none): libtiff's handle, at first with page 0's directory read. Its errors are kept
 *   for voxel_tiff_file_fail(), never printed.
 */
TIFF *
voxel_tiff_file_get_tiff (VoxelTiffFile *file, GError **error)
{
  TIFFOpenOptions *options;

  if (file->tiff)
    return file->tiff;

  options = TIFFOpenOptionsAlloc ();
  TIFFOpenOptionsSetErrorHandlerExtR (options, keep_error, file);
  TIFFOpenOptionsSetWarningHandlerExtR (options, log_warning, file);
  /* What libtiff allocates are tags and compressed strips, which lie in the file; a SHORT becomes 8 bytes. */
  TIFFOpenOptionsSetMaxSingleMemAlloc (options, (tmsize_t) MIN (file->size, G_MAXINT64 / 16) * 8 + (1 << 20));
  /* m: no memory map (a file cut while it is read must not kill the process); c: strips as they are. */
  file->tiff = TIFFClientOpenExt (file->path, "rmc", file, client_read, client_write, client_seek,
                                  client_close, client_size, NULL, NULL, options);
  TIFFOpenOptionsFree (options);
  if (!file->tiff)
    voxel_tiff_file_fail (file, 0, VOXEL_TIFF_ERROR_BROKEN, error,
                          "its directory cannot be read: " COPY_AGAIN);
  return file->tiff;
}

/**
 * voxel_tiff_file_read_at:
 * @file: an open file
 * @page: for whose sake, for the message
 * @buffer: where to
 * @size: bytes wanted, all of them
 * @offset: where they begin
 * @error: VOXEL_TIFF_ERROR_READ or TRUNCATED
 *
 * Returns: whether all were read
 */
gboolean
voxel_tiff_file_read_at (VoxelTiffFile *file, guint page, gpointer buffer, gsize size, guint64 offset,
                         GError **error)
{
  gsize done = 0;

  while (done < size) {
    gssize got = pread (file->fd, (guint8 *) buffer + done, size - done, (off_t) (offset + done));

    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0) {
      voxel_tiff_error_set_errno (error, file->path, errno);
      return FALSE;
    }
    if (got == 0)
      return voxel_tiff_file_fail (file, page, VOXEL_TIFF_ERROR_TRUNCATED, error,
                                   "is truncated: the file ends at byte %" G_GUINT64_FORMAT ": " COPY_AGAIN,
                                   offset + done);
    done += (gsize) got;
  }
  return TRUE;
}

/**
 * voxel_tiff_file_fail:
 * @file: an open file
 * @page: number of the page, from 0
 * @code: what kind
 * @error: where to
 * @format: what is wrong and how to mend it
 *
 * Sets @error to file, page, text and, in brackets, what libtiff complained of.
 *
 * Returns: %FALSE
 */
gboolean
voxel_tiff_file_fail (VoxelTiffFile *file, guint page, VoxelTiffError code, GError **error,
                      const gchar *format, ...)
{
  g_autofree gchar *complaint = g_steal_pointer (&file->complaint);
  g_autofree gchar *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (complaint)
    g_set_error (error, VOXEL_TIFF_ERROR, (gint) code, "\"%s\", page %u: %s (%s)", file->path, page, text,
                 complaint);
  else
    g_set_error (error, VOXEL_TIFF_ERROR, (gint) code, "\"%s\", page %u: %s", file->path, page, text);
  return FALSE;
}
