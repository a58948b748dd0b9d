/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A tar file that appears under its name when it is complete. Members tell neither time nor owner: the same
 * members give the same bytes. */

#include "shard-file.h"

#include <archive.h>
#include <archive_entry.h>

#include "output-file.h"

#define BLOCK 512
#define BUFFERED (1 << 20)

struct _VoxelShardFile {
  VoxelOutputFile *file;
  struct archive *tar;
  struct archive_entry *member;
  GError *error; /* of the file, which the library's code does not tell */
};

/**
 * voxel_shard_file_measure:
 * @size: bytes of a member
 *
 * Returns: bytes that it takes in the file
 */
guint64
voxel_shard_file_measure (gsize size)
{
  return BLOCK + ((guint64) size + BLOCK - 1) / BLOCK * BLOCK;
}

/* The library leaks its buffer where this fails: what went wrong is kept instead, and what follows is not written;
 * nor is what comes when the file was given up. */
static la_ssize_t
write_block (struct archive *tar, void *data, const void *buffer, size_t size)
{
  VoxelShardFile *self = data;

  if (self->file && !self->error)
    voxel_output_file_write (self->file, buffer, size, &self->error);
  return (la_ssize_t) size;
}

static gboolean
check (VoxelShardFile *self, gboolean done, GError **error)
{
  if (self->error)
    g_propagate_error (error, g_steal_pointer (&self->error));
  else if (!done)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Cannot write %s: %s",
                 voxel_output_file_get_path (self->file), archive_error_string (self->tar));
  else
    return TRUE;
  g_clear_pointer (&self->file, voxel_output_file_abort);
  return FALSE;
}

/**
 * voxel_shard_file_new:
 * @path: where the file shall appear
 * @error: G_IO_ERROR, naming the file
 *
 * Returns: (nullable) (transfer full): a file without members
 */
VoxelShardFile *
voxel_shard_file_new (const gchar *path, GError **error)
{
  g_autoptr (VoxelShardFile) self = g_new0 (VoxelShardFile, 1);

  self->file = voxel_output_file_new (path, error);
  if (!self->file)
    return NULL;
  self->tar = archive_write_new ();
  self->member = archive_entry_new ();
  archive_write_set_format_ustar (self->tar);
  archive_write_set_bytes_per_block (self->tar, BUFFERED);
  archive_write_set_bytes_in_last_block (self->tar, 1);
  if (!check (self, archive_write_open (self->tar, self, NULL, write_block, NULL) == ARCHIVE_OK, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * voxel_shard_file_begin:
 * @self: a file
 * @name: of the next member
 * @size: its bytes, to be written by voxel_shard_file_write()
 * @error: G_IO_ERROR, naming the file
 *
 * Returns: whether it could be begun
 */
gboolean
voxel_shard_file_begin (VoxelShardFile *self, const gchar *name, gsize size, GError **error)
{
  archive_entry_clear (self->member);
  archive_entry_set_pathname (self->member, name);
  archive_entry_set_size (self->member, (la_int64_t) size);
  archive_entry_set_filetype (self->member, AE_IFREG);
  archive_entry_set_perm (self->member, 0644);
  archive_entry_set_mtime (self->member, 0, 0);
  return check (self, archive_write_header (self->tar, self->member) == ARCHIVE_OK, error);
}

/**
 * voxel_shard_file_write:
 * @self: a file
 * @data: the next bytes of the member
 * @size: how many
 * @error: G_IO_ERROR, naming the file
 *
 * Returns: whether all of them were taken
 */
gboolean
voxel_shard_file_write (VoxelShardFile *self, gconstpointer data, gsize size, GError **error)
{
  return check (self, archive_write_data (self->tar, data, size) == (la_ssize_t) size, error);
}

static void
release (VoxelShardFile *self)
{
  archive_write_free (self->tar);
  archive_entry_free (self->member);
  g_clear_error (&self->error);
  g_free (self);
}

/**
 * voxel_shard_file_finish:
 * @self: (transfer full): a file
 * @error: G_IO_ERROR, naming the file; nothing appears then
 *
 * Returns: whether the file now stands under its name; it may not be on disk yet
 */
gboolean
voxel_shard_file_finish (VoxelShardFile *self, GError **error)
{
  gboolean complete = check (self, archive_write_close (self->tar) == ARCHIVE_OK, error);

  if (complete)
    complete = voxel_output_file_finish (g_steal_pointer (&self->file), FALSE, error);
  g_clear_pointer (&self->file, voxel_output_file_abort);
  release (self);
  return complete;
}

/**
 * voxel_shard_file_abort:
 * @self: (transfer full): a file, to be forgotten
 */
void
voxel_shard_file_abort (VoxelShardFile *self)
{
  g_clear_pointer (&self->file, voxel_output_file_abort);
  release (self);
}
