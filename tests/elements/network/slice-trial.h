/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/network/preprocess.h"
#include "elements/network/slice-devices.h"

G_BEGIN_DECLS

/* Random slices and ways to run them, for the kernels between slices and networks. */

typedef struct {
  VoxelDihedral view;
  gsize index; /* among those of its orientation */
} SliceView;

/* One way of running one slice. */
typedef struct {
  VoxelCudaSlice slice;
  VoxelTileGrid *grid;
  guint tiles;
  guint stride;
  guint in_channels, out_channels, channel;
  SliceView views[VOXEL_N_DIHEDRALS];
  guint n_views;
  VoxelViewMergeMode merge;
  gboolean values;
  guint least;
  VoxelTileBlendMode blend;
  guint threshold;
  gboolean results;
  guint batch;
  guint8 *pixels; /* of all planes */
  guint32 *head;
  guint32 *fixed;
  gfloat **logits; /* by tile and view */
} SliceTrial;

gboolean slice_trial_is_sideways (VoxelDihedral view);
guint slice_trial_width (const SliceTrial *trial, gboolean sideways);
guint slice_trial_height (const SliceTrial *trial, gboolean sideways);
gsize slice_trial_pixels (const SliceTrial *trial);
guint16 *slice_trial_table (const SliceTrial *trial, VoxelCudaTable which);
VoxelPreprocessMap *slice_trial_map (const SliceTrial *trial, guint tile, guint plane);
const guint8 *slice_trial_plane (const SliceTrial *trial, guint plane);
SliceTrial *slice_trial_new (void);
void slice_trial_free (SliceTrial *trial);
guint slice_trial_draw (guint from, guint to);

G_END_DECLS
