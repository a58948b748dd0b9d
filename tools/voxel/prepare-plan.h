/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "prepare-settings.h"

G_BEGIN_DECLS

/**
 * VoxelPrepareRequest:
 * @settings: how samples are made
 * @words: (array zero-terminated=1): scans and labels in turns
 * @output: pattern or folder of the shards
 * @scratch: (nullable): folder for what is beyond the memory limit
 * @force: whether shards of an earlier run may go
 *
 * The command line of `voxel prepare`.
 */
typedef struct {
  VoxelPrepareSettings *settings;
  gchar **words;
  gchar *output;
  gchar *scratch;
  gboolean force;
} VoxelPrepareRequest;

GHashTable *voxel_prepare_plan (const VoxelPrepareRequest *request, GError **error);

G_END_DECLS
