/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/architectures/architecture.h"

G_BEGIN_DECLS

/**
 * VoxelSelftestNetwork:
 * @name: architecture, and the field that is not as ever, such as "smp-unet mit_b0"
 * @channels: of its input
 * @results: channels of its output
 * @stride: sides of a picture must be multiples of this
 *
 * A network with weights in memory, made for the occasion.
 */
typedef struct {
  gchar *name;
  guint channels;
  guint results;
  guint stride;
  /*< private >*/
  const VoxelArchitecture *architecture;
  gchar *config;
  GHashTable *weights;
} VoxelSelftestNetwork;

GPtrArray *voxel_selftest_network_all (void);
VoxelGraph *voxel_selftest_network_build (VoxelSelftestNetwork *network, guint n, guint side,
                                          gboolean rounded, GError **error);
gfloat *voxel_selftest_network_input (const VoxelSelftestNetwork *network, guint n, guint side);
gfloat *voxel_selftest_network_calibrate (VoxelSelftestNetwork *network, guint side, GError **error);
guint voxel_selftest_network_least (const VoxelSelftestNetwork *network);
void voxel_selftest_network_forget (VoxelSelftestNetwork *network);

G_END_DECLS
