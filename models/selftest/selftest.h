/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"

G_BEGIN_DECLS

typedef enum {
  VOXEL_SELFTEST_OPERATOR,
  VOXEL_SELFTEST_GRAPHS,
  VOXEL_SELFTEST_YARDSTICK,
  VOXEL_SELFTEST_NETWORK,
} VoxelSelftestGroup;

/**
 * VoxelSelftestResult:
 * @group: of what kind
 * @name: of the operator or the network
 * @device: of the backend
 * @precision: that was computed in
 * @n: pictures at a time
 * @side: of the pictures of a network
 * @cases: that were compared
 * @refused: that the backend says it does not compute, which of single operators is no failure
 * @passed: whether all is within bounds and computed again to the same bits
 * @why: (nullable): what is wrong, or what was refused
 * @mean: difference, of networks: divided by the standard deviation of the logits
 * @mean_bound: what it may be
 * @largest: difference, of operators: divided by the largest value or 1, whichever is more
 * @largest_bound: what it may be
 * @runs: that were timed; 0 where none were
 * @ms: a run, the median
 * @pictures: a second, by two runs at the same time
 * @arena: bytes that a run takes
 *
 * What one thing that was tested came to.
 */
typedef struct {
  VoxelSelftestGroup group;
  gchar *name;
  guint device;
  VoxelPrecision precision;
  guint n, side;
  guint cases, refused;
  gboolean passed;
  gchar *why;
  gdouble mean, mean_bound;
  gdouble largest, largest_bound;
  guint runs;
  gdouble ms, pictures;
  gsize arena;
} VoxelSelftestResult;

typedef void (*VoxelSelftestFunc) (const VoxelSelftestResult *result, gpointer data);

/**
 * VoxelSelftestOptions:
 * @backend: who is tested
 * @precision: the only one, or AUTO for all that it has
 * @device: the only one, or -1 for all that there are
 * @threads: of the CPU, 0 for all cores
 * @tile: side of the pictures that networks get, 0 for 512, or 128 where @quick
 * @quick: smaller pictures, fewer cases
 * @only: (nullable): only operators and networks of that name are tested
 * @stop: set by anybody, atomically, to have it end soon
 * @told: (nullable): what each result is told to as it is there
 * @data: for @told
 *
 * What to test.
 */
typedef struct {
  const VoxelBackend *backend;
  VoxelPrecision precision;
  gint device;
  guint threads;
  guint tile;
  gboolean quick;
  const gchar *only;
  const gint *stop;
  VoxelSelftestFunc told;
  gpointer data;
} VoxelSelftestOptions;

/**
 * VoxelSelftestEnd:
 * @VOXEL_SELFTEST_PASSED: all of it
 * @VOXEL_SELFTEST_FAILED: there are differences, or errors
 * @VOXEL_SELFTEST_USAGE: of the command: not understood
 * @VOXEL_SELFTEST_NOTHING: there was nothing to test: no device, driver or library
 * @VOXEL_SELFTEST_INTERRUPTED: by Ctrl-C
 * @VOXEL_SELFTEST_TERMINATED: by SIGTERM
 *
 * How it ended; exit codes.
 */
typedef enum {
  VOXEL_SELFTEST_PASSED = 0,
  VOXEL_SELFTEST_FAILED = 1,
  VOXEL_SELFTEST_USAGE = 2,
  VOXEL_SELFTEST_NOTHING = 77,
  VOXEL_SELFTEST_INTERRUPTED = 130,
  VOXEL_SELFTEST_TERMINATED = 143,
} VoxelSelftestEnd;

VoxelSelftestEnd voxel_selftest_run (const VoxelSelftestOptions *options, GPtrArray *results, GError **error);
GPtrArray *voxel_selftest_results_new (void);

G_END_DECLS
