/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelTiffError:
 * @VOXEL_TIFF_ERROR_NOT_FOUND: no such file, or nothing that matches
 * @VOXEL_TIFF_ERROR_PERMISSION: the file may not be read
 * @VOXEL_TIFF_ERROR_READ: the system failed to read
 * @VOXEL_TIFF_ERROR_EMPTY: no bytes or no pages
 * @VOXEL_TIFF_ERROR_NOT_TIFF: another kind of file
 * @VOXEL_TIFF_ERROR_BROKEN: a header that contradicts itself or its file
 * @VOXEL_TIFF_ERROR_TRUNCATED: data that the header promises lie beyond the end
 * @VOXEL_TIFF_ERROR_UNSUPPORTED: a valid file that is no grey slice, or in a coding not read here
 * @VOXEL_TIFF_ERROR_MIXED: slices of one stack differ in size or depth
 * @VOXEL_TIFF_ERROR_CHANGED: the file is not the one that was looked at before
 * @VOXEL_TIFF_ERROR_MEMORY: no memory for a slice
 *
 * What can be wrong with a stack of TIFF files. The message names file, page and remedy.
 */
typedef enum {
  VOXEL_TIFF_ERROR_NOT_FOUND,
  VOXEL_TIFF_ERROR_PERMISSION,
  VOXEL_TIFF_ERROR_READ,
  VOXEL_TIFF_ERROR_EMPTY,
  VOXEL_TIFF_ERROR_NOT_TIFF,
  VOXEL_TIFF_ERROR_BROKEN,
  VOXEL_TIFF_ERROR_TRUNCATED,
  VOXEL_TIFF_ERROR_UNSUPPORTED,
  VOXEL_TIFF_ERROR_MIXED,
  VOXEL_TIFF_ERROR_CHANGED,
  VOXEL_TIFF_ERROR_MEMORY,
} VoxelTiffError;

#define VOXEL_TIFF_ERROR (voxel_tiff_error_quark ())

GQuark voxel_tiff_error_quark (void);
void voxel_tiff_error_set_errno (GError **error, const gchar *path, gint number);

G_END_DECLS
