/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelScan:
 * @count: slices
 * @height: rows of a slice
 * @width: columns of a slice
 * @bits: of a voxel: 1, 8, 12 or 16
 * @spacing: of voxels along z, y, x in micrometres, 0 where the files do not say
 *
 * What a stack of slices is before any of it is decoded.
 */
typedef struct {
  guint count;
  guint height;
  guint width;
  guint bits;
  gdouble spacing[3];
} VoxelScan;

gboolean voxel_scan_look (const gchar *location, VoxelScan *scan, GError **error);

G_END_DECLS
