/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/selftest/selftest-machine.h"
#include "models/selftest/selftest.h"

G_BEGIN_DECLS

/**
 * VoxelSelftestText:
 * @backend: its name
 * @terminal: whether somebody watches: what is being done is shown on stderr
 *
 * Results for people, printed as they come.
 */
typedef struct {
  const gchar *backend;
  gboolean terminal;
  /*< private >*/
  GPtrArray *group;
  gboolean table;
} VoxelSelftestText;

void voxel_selftest_text_machine (const VoxelSelftestMachine *machine);
void voxel_selftest_text_begin (VoxelSelftestText *text, const gchar *backend, gboolean terminal);
void voxel_selftest_text_result (const VoxelSelftestResult *result, gpointer text);
void voxel_selftest_text_end (VoxelSelftestText *text, const GPtrArray *results);
void voxel_selftest_text_clear (VoxelSelftestText *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VoxelSelftestText, voxel_selftest_text_clear)

gchar *voxel_selftest_json (const VoxelSelftestMachine *machine, const gchar *backend,
                            const GPtrArray *results);

G_END_DECLS
