/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * VoxelRunLength:
 *
 * An encoder between the rows of one mask. Start from zeros; fields are private.
 */
typedef struct {
  guint64 position;
  guint64 start;
  gboolean inside;
  gboolean any;
} VoxelRunLength;

void voxel_run_length_add (VoxelRunLength *self, GString *text, const guint64 *bits, gsize width);
void voxel_run_length_finish (VoxelRunLength *self, GString *text);

gboolean voxel_run_length_decode (const gchar *text, guint8 *mask, gsize n_pixels, guint8 value,
                                  GError **error);

G_END_DECLS
