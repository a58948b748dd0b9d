/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The one thread of the process that makes parallel calls: libgomp keeps a spinning team for every thread
 * that ever called it, so all networks share one caller. */

typedef void (*VoxelExecutorFunc) (gpointer data);
typedef void (*VoxelExecutorRange) (gpointer data, gsize begin, gsize end);
typedef void (*VoxelExecutorTask) (gpointer data, gsize task, guint worker);

/**
 * VoxelExecutorJob:
 * @threads: of the team that parallel regions in @func get, 0 for all processors
 * @func: runs on the executor thread
 * @data: for @func
 *
 * Something for the executor to do. Kept by the caller until it has waited for it.
 */
typedef struct {
  guint threads;
  VoxelExecutorFunc func;
  gpointer data;
  /*< private >*/
  gboolean done;
} VoxelExecutorJob;

guint voxel_executor_default_threads (void);
void voxel_executor_begin (VoxelExecutorJob *job);
void voxel_executor_wait (VoxelExecutorJob *job);
void voxel_executor_call (guint threads, VoxelExecutorFunc func, gpointer data);
void voxel_executor_for (gsize n, gsize grain, VoxelExecutorRange func, gpointer data);
void voxel_executor_tasks (gsize n, VoxelExecutorTask func, gpointer data);
void voxel_executor_spread (gsize n, VoxelExecutorTask func, gpointer data);

G_END_DECLS
