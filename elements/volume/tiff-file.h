/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <tiffio.h>

#include "tiff-error.h"

G_BEGIN_DECLS

typedef struct _VoxelTiffFile VoxelTiffFile;

/**
 * VoxelTiffFile:
 * @path: its name
 * @fd: open for reading
 * @size: bytes
 * @modified: time of its last change, nanoseconds since 1970
 * @inode: which file it is, whatever it is called
 * @big_endian: byte order of all its numbers
 * @first_directory: offset of page 0's directory
 *
 * An open TIFF file, for one thread at a time. The other fields are private.
 */
struct _VoxelTiffFile {
  gchar *path;
  gint fd;
  guint64 size;
  gint64 modified;
  guint64 inode;
  gboolean big_endian;
  guint64 first_directory;

  TIFF *tiff;
  guint64 position;
  guint64 allowance;
  gchar *complaint;
};

VoxelTiffFile *voxel_tiff_file_open (const gchar *path, GError **error);
gboolean voxel_tiff_file_is_unchanged (const VoxelTiffFile *file, guint64 size, gint64 modified,
                                       guint64 inode);
void voxel_tiff_file_close (VoxelTiffFile *file);
void voxel_tiff_file_set_allowance (VoxelTiffFile *file, guint64 bytes);
TIFF *voxel_tiff_file_get_tiff (VoxelTiffFile *file, GError **error);
gboolean voxel_tiff_file_read_at (VoxelTiffFile *file, guint page, gpointer buffer, gsize size,
                                  guint64 offset, GError **error);
gboolean voxel_tiff_file_fail (VoxelTiffFile *file, guint page, VoxelTiffError code, GError **error,
                               const gchar *format, ...) G_GNUC_PRINTF (5, 6);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelTiffFile, voxel_tiff_file_close)

G_END_DECLS
