/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelSelftestMachine:
 * @cpu: its name
 * @instructions: that kernels are chosen for
 * @threads: of a team, by default
 * @devices: (element-type utf8): "cuda 0: …", of all backends that have devices
 * @missing: (element-type utf8): "cuda: …", why a backend has none
 *
 * What there is to compute with.
 */
typedef struct {
  gchar *cpu;
  const gchar *instructions;
  guint threads;
  GPtrArray *devices;
  GPtrArray *missing;
} VoxelSelftestMachine;

void voxel_selftest_machine_look (VoxelSelftestMachine *machine);
void voxel_selftest_machine_clear (VoxelSelftestMachine *machine);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VoxelSelftestMachine, voxel_selftest_machine_clear)

G_END_DECLS
