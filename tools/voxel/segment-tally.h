/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * VoxelSegmentTally:
 * @slices: slices of the mask
 * @voxels: voxels of the mask
 * @vessel: of them set
 * @height: rows of a slice
 * @width: columns of a slice
 * @run_slices: slices of all axes that the network saw
 * @run_voxels: voxels of them
 * @busy: share of the network's time in which devices had something to compute; -1 without devices
 *
 * What went by the pad that the outputs hang on, and what came to the vote. Start from zeros.
 */
typedef struct {
  guint64 slices;
  guint64 voxels;
  guint64 vessel;
  guint height;
  guint width;
  guint64 run_slices;
  guint64 run_voxels;
  gdouble busy;
} VoxelSegmentTally;

gboolean voxel_segment_tally_attach (VoxelSegmentTally *tally, GstElement *pipeline, const gchar *element,
                                     GError **error);
void voxel_segment_tally_finish (VoxelSegmentTally *tally, GstElement *pipeline);

G_END_DECLS
