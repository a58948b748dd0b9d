/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

#include "gstvoxelsrcsettings.h"
#include "slice-list.h"
#include "voxel.h"

G_BEGIN_DECLS

typedef struct _GstVoxelSrcChoice GstVoxelSrcChoice;

/**
 * GstVoxelSrcChoice:
 * @offset: slice of the list that is slice 0 of the volume
 * @depth: slices of the volume, 0 where nobody knows
 * @region: part of each slice
 * @spacing: of voxels along z, y, x in micrometres, 0 where unknown
 * @mask: whether the slices are masks
 * @info: what the frames look like
 *
 * The part of a stack that the settings ask for.
 */
struct _GstVoxelSrcChoice {
  guint offset;
  guint depth;
  VoxelTiffRegion region;
  gdouble spacing[GST_VOXEL_N_AXES];
  gboolean mask;
  GstVideoInfo info;
};

gboolean gst_voxel_src_choose (const GstVoxelSrcSettings *settings, const gchar *location,
                               const VoxelSliceList *list, GstVoxelSrcChoice *choice, GError **error);
GstVoxelVolume *gst_voxel_src_choice_make_volume (const GstVoxelSrcChoice *choice, const gchar *id,
                                                  const VoxelSliceList *list, gchar **names);

G_END_DECLS
