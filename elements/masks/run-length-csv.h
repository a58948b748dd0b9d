/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _VoxelRunLengthCsv VoxelRunLengthCsv;

VoxelRunLengthCsv *voxel_run_length_csv_open (const gchar *path, GError **error);
gboolean voxel_run_length_csv_next (VoxelRunLengthCsv *self, const gchar **id, const gchar **runs,
                                    GError **error);
gboolean voxel_run_length_csv_decode (VoxelRunLengthCsv *self, guint8 *mask, gsize n_pixels, guint8 value,
                                      GError **error);
void voxel_run_length_csv_close (VoxelRunLengthCsv *self);

void voxel_run_length_csv_append_field (GString *line, const gchar *field);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelRunLengthCsv, voxel_run_length_csv_close)

G_END_DECLS
