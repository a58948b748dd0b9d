/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cpu/simd/simd.h"

/* Positions whose sums are taken at once: strips, or two tiles of the matrix unit; and how many must follow one
 * another in memory that is not ours. */
#if defined(__AMX_BF16__)
#define PAIRS_GROUP 32
#define PAIRS_LEAST 32
#else
#define PAIRS_GROUP (4 * STRIP)
#define PAIRS_LEAST 1
#endif

/**
 * SimdPairs:
 * @offsets: where each run of values begins, in bytes from where a position's window begins
 * @runs: how many
 * @depth: pairs of values a run
 * @step: bytes from a position's window to the next one's
 * @width: output channels of a block, one vector or two
 * @tile: pairs that the matrix unit takes at once, a divisor of @depth; 0 where it is not used
 *
 * A product of windows of bf16 and weights of bf16, summed up in float.
 */
typedef struct {
  gsize offsets[VOXEL_CPU_MAX_TAPS];
  guint runs;
  guint depth;
  gsize step;
  guint width;
  guint tile;
} SimdPairs;

/* simd/pair-products.c */
guint SIMD (pairs_tile) (guint depth);
void SIMD (pairs_begin) (const SimdPairs *pairs);
void SIMD (pairs_end) (const SimdPairs *pairs);
guint SIMD (pairs_needed) (const SimdPairs *pairs, guint n);
void SIMD (pairs_group) (const SimdPairs *pairs, const gchar *windows, const gfloat *weights, guint n,
                         gfloat *sums);
