/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstvoxelnormalizescale.h"

G_BEGIN_DECLS

typedef struct _GstVoxelNormalizeVolume GstVoxelNormalizeVolume;

/**
 * GstVoxelNormalizeVolume:
 * @serial: of the volume
 * @depth: bits of its pixels in memory
 * @bins: (nullable): the histogram of its record that @scale was made from
 * @scale: what becomes of its pixels
 * @record: (nullable): the record that came last
 * @derived: (nullable): what became of @record
 *
 * What is known of a volume.
 */
struct _GstVoxelNormalizeVolume {
  guint64 serial;
  guint depth;
  GBytes *bins;
  GstVoxelNormalizeScale scale;
  GstVoxelVolume *record;
  GstVoxelVolume *derived;
};

GstVoxelNormalizeVolume *gst_voxel_normalize_volumes_find (GQueue *volumes, guint64 serial);
GstVoxelNormalizeVolume *gst_voxel_normalize_volumes_add (GQueue *volumes, guint64 serial, guint depth,
                                                          GBytes *bins);
void gst_voxel_normalize_volumes_clear (GQueue *volumes);

G_END_DECLS
