/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/stream/voxel.h"

G_BEGIN_DECLS

/**
 * GstVoxelRescaleAim:
 * @spacing: of the voxels that are sent, along z, y, x in micrometres; 0 for that of those that come
 * @scale: how many times as many voxels are sent after that
 * @back: whether the voxels of the scan are sent instead
 *
 * What voxels a volume is resampled to.
 */
typedef struct {
  gdouble spacing[GST_VOXEL_N_AXES];
  gdouble scale[GST_VOXEL_N_AXES];
  gboolean back;
} GstVoxelRescaleAim;

gboolean gst_voxel_rescale_aim_parse (GstVoxelRescaleAim *aim, const gchar *spacing, const gchar *scale,
                                      gboolean back, GError **error);
gboolean gst_voxel_rescale_aim_get_ratio (const GstVoxelRescaleAim *aim, const GstVoxelVolume *volume,
                                          gdouble ratio[GST_VOXEL_N_AXES], GError **error);
gboolean gst_voxel_rescale_ratio_is_one (const gdouble ratio[GST_VOXEL_N_AXES]);
GstVoxelVolume *gst_voxel_rescale_record_new (const GstVoxelRescaleAim *aim, const GstVoxelVolume *volume,
                                              guint depth, const gdouble ratio[GST_VOXEL_N_AXES]);

G_END_DECLS
