/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "segment-follow.h"
#include "segment-scan.h"
#include "segment-settings.h"

G_BEGIN_DECLS

/**
 * VoxelSegmentRequest:
 * @settings: how the model is run
 * @scan: stack of slices
 * @model: model file
 * @architecture: (nullable): of a model file without a record
 * @config: (nullable): likewise
 * @outputs: (array zero-terminated=1): where the mask goes
 * @probability: (nullable): where the mean probability goes
 * @mask: (nullable): stack outside of which nothing is a vessel
 * @slices: (nullable): first:end
 * @memory_limit: (nullable): for volume and votes together
 * @scratch: (nullable): folder for what is beyond it
 * @resume: whether to go on where an earlier run was stopped
 * @state: (nullable): folder of what a run has done, %NULL for one beside the first output
 * @follow: whether the scan is still being written
 * @parity: whether the published entry's way is asked for
 *
 * The command line of `voxel segment`.
 */
typedef struct {
  VoxelSegmentSettings *settings;
  const gchar *scan;
  gchar *model;
  gchar *architecture;
  gchar *config;
  gchar **outputs;
  gchar *probability;
  gchar *mask;
  gchar *slices;
  gchar *memory_limit;
  gchar *scratch;
  gboolean resume;
  gchar *state;
  VoxelSegmentFollow follow;
  gboolean parity;
} VoxelSegmentRequest;

GHashTable *voxel_segment_plan (const VoxelSegmentRequest *request, GError **error);

G_END_DECLS
