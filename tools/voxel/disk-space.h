/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelDiskNeed:
 * @path: a folder, or what is going to be written in one
 * @what: for people: what takes the space, such as "volume"
 * @bytes: that are going to be written there
 *
 * What one part of a run writes.
 */
typedef struct {
  const gchar *path;
  const gchar *what;
  guint64 bytes;
} VoxelDiskNeed;

gboolean voxel_disk_space_check (const VoxelDiskNeed *needs, gsize n, const gchar *options, GError **error);

G_END_DECLS
