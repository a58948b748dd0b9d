/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/stream/voxel.h"
#include "gstvoxeltilesettings.h"

G_BEGIN_DECLS

/**
 * GstVoxelTileAxes:
 * @volume: as it came, with the axis it was looked at for
 * @axis: that axis
 * @record: as it goes on: without the axes that are left out
 * @told: serials of volumes, to a bit (1 << GstVoxelAxis) for each axis that a warning was posted of
 *
 * Which axes have slices large enough for tiles. Start from zeros; fields other than @record are private.
 */
typedef struct {
  GstVoxelVolume *volume;
  GstVoxelAxis axis;
  GstVoxelVolume *record;
  GHashTable *told;
} GstVoxelTileAxes;

typedef enum {
  GST_VOXEL_TILE_AXES_TAKE,
  GST_VOXEL_TILE_AXES_LEAVE_OUT,
  GST_VOXEL_TILE_AXES_ERROR,
} GstVoxelTileAxesVerdict;

GstVoxelTileAxesVerdict gst_voxel_tile_axes_judge (GstVoxelTileAxes *self, GstElement *element,
                                                   const GstVoxelTileSettings *settings,
                                                   const GstVoxelSliceMeta *slice, guint width, guint height);
void gst_voxel_tile_axes_clear (GstVoxelTileAxes *self);

G_END_DECLS
