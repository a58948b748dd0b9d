/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cpu/simd/simd.h"

/* Positions whose sums are taken at once: strips, or two tiles of the matrix unit; how many must follow one another
 * in memory that is not ours; and whether they run on over the padding from row to row: strips are of any length. */
#if defined(__AMX_BF16__)
#define PAIRS_GROUP 32
#define PAIRS_LEAST 32
#define PAIRS_RUN_ON TRUE
#else
#define PAIRS_GROUP (4 * STRIP)
#define PAIRS_LEAST 1
#define PAIRS_RUN_ON FALSE
#endif

/**
 * SimdPairs:
 * @offsets: where each run of values begins, in bytes from where a position's window begins
 * @runs: how many
 * @depth: pairs of values a run
 * @weights_depth: pairs from a run's weights to those of the next
 * @step: bytes from a position's window to the next one's
 * @width: output channels of a block, one vector or two
 * @tile: pairs that the matrix unit takes at once, a divisor of @depth; set by pairs_begin()
 *
 * A product of windows of bf16 and weights of bf16, summed up in float.
 */
typedef struct {
  gsize offsets[VOXEL_CPU_MAX_TAPS];
  guint runs;
  guint depth;
  guint weights_depth;
  gsize step;
  guint width;
  guint tile;
} SimdPairs;

/* simd/pair-products.c */
void SIMD (pairs_begin) (SimdPairs *pairs);
void SIMD (pairs_end) (const SimdPairs *pairs);
/* How many positions are read, and sums written, for those of @n. */
guint SIMD (pairs_needed) (guint n);
void SIMD (pairs_group) (const SimdPairs *pairs, const gchar *windows, const gfloat *weights, guint n,
                         gfloat *sums, gboolean add);

/**
 * SimdPairRows:
 * @kernel: of the windows: 1x1 for a transposed convolution
 * @stride: of the windows, likewise
 * @padding: likewise
 * @reach: rows of a window
 * @height: rows of positions: of results, or of a transposed convolution's input
 * @width: positions a row
 * @in_place: the picture itself is read, not copied rows
 * @channels: of the source that are read at once
 * @slices: how often, till all are
 * @pixel: bytes
 * @row: bytes
 * @rows: of positions that are taken together, so that what they read stays in the second cache
 * @line: positions from the first of a row to the first of the next where all follow evenly, or 0
 * @windows: where the first position's begins
 *
 * What is multiplied, some rows and some channels at a time.
 */
typedef struct {
  const VoxelCpuConv *conv;
  SimdPairs pairs;
  guint kernel[2];
  guint stride[2];
  guint padding[2];
  guint reach;
  guint height;
  guint width;
  gboolean in_place;
  guint channels;
  guint slices;
  gsize pixel;
  gsize row;
  guint rows;
  guint line;
  const gchar *windows;
} SimdPairRows;

/* simd/pair-rows.c */
void SIMD (pair_rows_measure) (const VoxelCpuConv *conv, SimdPairRows *rows);
gsize SIMD (pair_rows_copied) (const SimdPairRows *rows);
void SIMD (pair_rows_read) (SimdPairRows *rows, const void *src, gsize first, guint n, guint slice,
                            gchar *copy);
