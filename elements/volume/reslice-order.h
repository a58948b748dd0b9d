/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelResliceRun:
 * @volume: which of the volumes
 * @axis: direction of the slices
 * @first: first slice that is sent
 * @end: slice behind the last one
 *
 * Slices of one axis.
 */
typedef struct {
  guint volume;
  guint axis;
  guint first;
  guint end;
} VoxelResliceRun;

/**
 * VoxelResliceItem:
 * @run: of the runs given
 * @index: of the slice
 *
 * One slice in its turn.
 */
typedef struct {
  guint run;
  guint index;
} VoxelResliceItem;

GArray *voxel_reslice_order_new (const VoxelResliceRun *runs, guint n_runs);
void voxel_reslice_order_shuffle (GArray *order, guint64 seed, guint epoch);

G_END_DECLS
