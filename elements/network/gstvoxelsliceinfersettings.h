/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/network/gstvoxelinfersettings.h"
#include "elements/tiles/gstvoxelmergemode.h"
#include "elements/tiles/gstvoxeltilesettings.h"
#include "elements/tiles/tile-blend.h"

G_BEGIN_DECLS

/**
 * GstVoxelSliceInferSettings:
 * @infer: of the network
 * @tile: of the grid
 * @views: names with commas between
 * @merge: how views are combined
 * @merge_threshold: for a union, the probability that a view must exceed
 * @blend: how tiles are combined
 * @threshold: for OR, the probability that a pixel of a tile must exceed
 *
 * The properties of voxelsliceinfer.
 */
typedef struct {
  GstVoxelInferSettings infer;
  GstVoxelTileSettings tile;
  gchar *views;
  GstVoxelMergeMode merge;
  gdouble merge_threshold;
  VoxelTileBlendMode blend;
  gdouble threshold;
} GstVoxelSliceInferSettings;

void gst_voxel_slice_infer_settings_init (GstVoxelSliceInferSettings *settings);
void gst_voxel_slice_infer_settings_clear (GstVoxelSliceInferSettings *settings);
gboolean gst_voxel_slice_infer_settings_set (GstVoxelSliceInferSettings *settings, guint id,
                                             const GValue *value);
gboolean gst_voxel_slice_infer_settings_get (const GstVoxelSliceInferSettings *settings, guint id,
                                             GValue *value);
void gst_voxel_slice_infer_settings_install (GObjectClass *object_class);

G_END_DECLS
