/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelScanRescale:
 * @wanted: spacing of the voxels that are wanted in micrometres, as the user or a model's record says it; "0" for the
 *   scan's own
 * @scale: how many times as many are wanted after that, "1" for as many
 * @scan_spacing: (nullable): what the user says of the scan's own voxels
 *
 * To which voxels a scan is resampled.
 */
typedef struct {
  const gchar *wanted;
  const gchar *scale;
  const gchar *scan_spacing;
} VoxelScanRescale;

gboolean voxel_scan_rescale_get_ratio (const VoxelScanRescale *rescale, const gchar *scan,
                                       const gdouble *spacing, gdouble ratio[3], gboolean *changes,
                                       GError **error);
void voxel_scan_rescale_shape (const gdouble ratio[3], guint shape[3]);

G_END_DECLS
