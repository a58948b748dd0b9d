/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define VOXEL_VIEW_SAMPLES_MAX 1000

/**
 * VoxelViewShards:
 * @sheet: (nullable): the picture to write
 * @plot: (nullable): the histogram to draw
 * @samples: on the sheet; 0 for as many as usual
 * @json: whether figures are printed as JSON
 */
typedef struct {
  gchar *sheet;
  gchar *plot;
  gint samples;
  gboolean json;
} VoxelViewShards;

GPtrArray *voxel_view_find_shards (char **words);
gboolean voxel_view_shards (const GPtrArray *paths, const VoxelViewShards *options, GError **error);

G_END_DECLS
