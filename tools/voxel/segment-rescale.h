/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "segment-settings.h"

G_BEGIN_DECLS

gboolean voxel_segment_rescale_plan (VoxelSegmentSettings *settings, const gchar *scan,
                                     const gdouble *spacing, GError **error);
void voxel_segment_rescale_shape (const VoxelSegmentSettings *settings, guint shape[3]);

G_END_DECLS
