/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstvoxelslicemeta.h"

G_BEGIN_DECLS

/**
 * GstVoxelPassStep:
 * @GST_VOXEL_PASS_SAME: the slice of the call before again (another of its tiles)
 * @GST_VOXEL_PASS_NEXT: the next slice of the same pass
 * @GST_VOXEL_PASS_NEW_AXIS: the first slice of another axis or epoch of the same volume, or of another part of them
 * @GST_VOXEL_PASS_NEW_VOLUME: the first slice of another volume
 * @GST_VOXEL_PASS_BROKEN: slices are missing or out of order; the error names them
 */
typedef enum {
  GST_VOXEL_PASS_SAME,
  GST_VOXEL_PASS_NEXT,
  GST_VOXEL_PASS_NEW_AXIS,
  GST_VOXEL_PASS_NEW_VOLUME,
  GST_VOXEL_PASS_BROKEN,
} GstVoxelPassStep;

typedef struct _GstVoxelPass GstVoxelPass;

/**
 * GstVoxelPass:
 *
 * What an element that joins remembers of the stream, so that nothing is lost in silence: which slice of
 * which pass came last and which are promised. Start from zeros; fields are private.
 */
struct _GstVoxelPass {
  GstVoxelVolume *volume;
  GstVoxelAxis axis;
  guint epoch;
  guint index;
  guint first;
  guint last;
  guint alone;
};

GST_VOXEL_API GstVoxelPassStep gst_voxel_pass_advance (GstVoxelPass *pass, const GstVoxelSliceMeta *slice,
                                                       GError **error);
GST_VOXEL_API gboolean gst_voxel_pass_check_order (const GstVoxelPass *pass, GError **error);
GST_VOXEL_API gboolean gst_voxel_pass_finish (GstVoxelPass *pass, GError **error);
GST_VOXEL_API void gst_voxel_pass_reset (GstVoxelPass *pass);

G_END_DECLS
