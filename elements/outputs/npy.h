/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * VoxelNpy:
 * @bits: of a pixel, 8 or 16 (little-endian)
 * @width: columns
 * @height: rows
 *
 * The form of a picture in an .npy file: unsigned whole numbers, row after row.
 */
typedef struct {
  guint bits;
  guint width;
  guint height;
} VoxelNpy;

GBytes *voxel_npy_header (const VoxelNpy *form);
gconstpointer voxel_npy_parse (gconstpointer data, gsize size, VoxelNpy *form, GError **error);
gsize voxel_npy_get_size (const VoxelNpy *form);

G_END_DECLS
