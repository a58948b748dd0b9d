/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A label's pixels, as GST_VOXEL_LABEL_BACKGROUND and so on. */
#define VOXEL_LABEL_BACKGROUND 0
#define VOXEL_LABEL_IGNORE 128
#define VOXEL_LABEL_SET 255

/**
 * VoxelLabelCount:
 * @vessel: pixels that are set
 * @ignored: pixels of which nobody knows
 * @pixels: in all
 */
typedef struct {
  guint64 vessel;
  guint64 ignored;
  guint64 pixels;
} VoxelLabelCount;

gboolean voxel_label_count (const guint8 *label, gsize stride, guint width, guint height,
                            VoxelLabelCount *count, GError **error);

G_END_DECLS
