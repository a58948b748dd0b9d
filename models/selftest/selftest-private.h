/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/selftest/selftest-network.h"
#include "models/selftest/selftest.h"

G_BEGIN_DECLS

/**
 * VoxelSelftest:
 * @options: what to test
 * @results: so far
 * @precisions: that are tested, ended by AUTO
 * @devices: that are tested
 *
 * A test in progress.
 */
typedef struct {
  const VoxelSelftestOptions *options;
  GPtrArray *results;
  VoxelPrecision precisions[5];
  GArray *devices;
} VoxelSelftest;

gboolean voxel_selftest_stopped (const VoxelSelftest *test);
gboolean voxel_selftest_wants (const VoxelSelftest *test, const gchar *name);
VoxelSelftestResult *voxel_selftest_result_new (VoxelSelftestGroup group, const gchar *name, guint device,
                                                VoxelPrecision precision);
void voxel_selftest_tell (VoxelSelftest *test, VoxelSelftestResult *result);
void voxel_selftest_fail (VoxelSelftestResult *result, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

/* selftest-bounds.c */
gdouble voxel_selftest_rounding (VoxelPrecision precision);
gdouble voxel_selftest_operator_bound (VoxelPrecision precision);
void voxel_selftest_network_bounds (VoxelSelftestResult *result, gdouble rounded);
void voxel_selftest_differ (const gfloat *values, const gfloat *expected, gsize n, gdouble *mean,
                            gdouble *largest);

void voxel_selftest_operators (VoxelSelftest *test, guint device, VoxelPrecision precision);
void voxel_selftest_graphs (VoxelSelftest *test, guint device, VoxelPrecision precision);
void voxel_selftest_networks (VoxelSelftest *test);
gboolean voxel_selftest_repeat (VoxelSelftest *test, VoxelPlan *plan, const gfloat *input, gfloat **output,
                                VoxelSelftestResult *result, GError **error);

G_END_DECLS
