/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelIntensityOption:
 * @kind: percentile, fixed or full
 * @low: percent, or intensity as scanned
 * @high: likewise
 *
 * What becomes black and what white.
 */
typedef struct {
  const gchar *kind;
  gdouble low;
  gdouble high;
} VoxelIntensityOption;

void voxel_intensity_option_add (gchar **given, GOptionContext *context);
gboolean voxel_intensity_option_parse (const gchar *text, VoxelIntensityOption *option, GError **error);
void voxel_intensity_option_add_values (const VoxelIntensityOption *option, GHashTable *values);

G_END_DECLS
