/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tiff-error.h"

#include <errno.h>

G_DEFINE_QUARK (voxel - tiff - error - quark, voxel_tiff_error)

/**
 * voxel_tiff_error_set_errno:
 * @error: where to
 * @path: the file that could not be opened or read
 * @number: errno of the failed call
 */
void
voxel_tiff_error_set_errno (GError **error, const gchar *path, gint number)
{
  switch (number) {
  case ENOENT:
  case ENOTDIR:
    g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_NOT_FOUND,
                 "\"%s\": there is no such file: check its name, and whether it was moved while being read",
                 path);
    return;
  case EACCES:
  case EPERM:
    g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_PERMISSION,
                 "\"%s\": may not be read: ask its owner for the permission to read it (chmod +r)", path);
    return;
  default:
    g_set_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_READ, "\"%s\": cannot be read: %s", path,
                 g_strerror (number));
  }
}
