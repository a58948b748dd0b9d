/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "segment-plan.h"
#include "segment-state.h"

G_BEGIN_DECLS

#define VOXEL_SEGMENT_AXES 3

/**
 * VoxelSegmentResume:
 * @state: (nullable): the run's folder; %NULL where nothing is to be touched
 * @done: slices of z, y and x that need not be run again
 * @slices: all of them
 * @voxels: of them
 *
 * What earlier runs have done.
 */
typedef struct {
  VoxelSegmentState *state;
  guint done[VOXEL_SEGMENT_AXES];
  guint64 slices;
  guint64 voxels;
} VoxelSegmentResume;

VoxelSegmentResume *voxel_segment_resume_new (const VoxelSegmentRequest *request, GHashTable *values,
                                              gboolean look_only, GError **error);
gchar *voxel_segment_resume_folder (const VoxelSegmentRequest *request);
guint64 voxel_segment_resume_bytes (const VoxelSegmentRequest *request, const guint shape[3]);
gboolean voxel_segment_resume_check_fresh (const VoxelSegmentRequest *request, GError **error);
void voxel_segment_resume_free (VoxelSegmentResume *resume);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelSegmentResume, voxel_segment_resume_free)

G_END_DECLS
