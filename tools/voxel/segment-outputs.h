/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelOutputKind:
 * @VOXEL_OUTPUT_CSV: run-length file
 * @VOXEL_OUTPUT_TIFF: a TIFF file of all slices
 * @VOXEL_OUTPUT_FOLDER: a TIFF file a slice
 */
typedef enum {
  VOXEL_OUTPUT_CSV,
  VOXEL_OUTPUT_TIFF,
  VOXEL_OUTPUT_FOLDER,
} VoxelOutputKind;

gboolean voxel_output_kind_parse (const gchar *path, VoxelOutputKind *kind, GError **error);
gboolean voxel_output_check (const gchar *path, const gchar *const *inputs, GError **error);
gboolean voxel_outputs_distinct (const gchar *const *paths, GError **error);
gchar *voxel_output_without_slashes (const gchar *path);
gchar *voxel_output_location (const gchar *path, VoxelOutputKind kind);

G_END_DECLS
