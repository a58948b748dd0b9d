/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Included by what is compiled once per instruction set, with VOXEL_ROWS_ISA (part of the names) and
 * VOXEL_ROWS_LANES (floats a vector) defined by the build. */

#include <string.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "elements/rows/rows.h"

#define ROWS_JOIN_(isa, name) voxel_rows_##isa##_##name
#define ROWS_JOIN(isa, name) ROWS_JOIN_ (isa, name)
#define ROWS(name) ROWS_JOIN (VOXEL_ROWS_ISA, name)
#define INLINE static inline __attribute__ ((always_inline))

/* turn.c */
void ROWS (transpose) (const guint8 *in, gssize in_stride, guint width, guint height, guint pixel_size,
                       guint8 *out, gssize out_stride);
void ROWS (reverse) (const guint8 *in, guint8 *out, guint width, guint pixel_size);
/* tones.c */
extern const VoxelToneRows ROWS (tones);
/* intensity.c */
void ROWS (stretch_8) (const VoxelRowsStretch *line, const guint16 *pixels, guint width, guint8 *out);
void ROWS (stretch_16) (const VoxelRowsStretch *line, const guint16 *pixels, guint width, guint16 *out);
void ROWS (moments_8) (const guint8 *row, guint width, guint64 *sum, guint64 *squares);
void ROWS (moments_16) (const guint16 *row, guint width, guint64 *sum, guint64 *squares);
/* sample.c */
void ROWS (expect) (const VoxelRowsSample *s, const gint64 first[3], const gint64 step[3], guint width,
                    guint bytes);
void ROWS (linear_8) (const VoxelRowsSample *s, const gint64 first[3], const gint64 step[3], guint width,
                      gpointer out);
void ROWS (linear_16) (const VoxelRowsSample *s, const gint64 first[3], const gint64 step[3], guint width,
                       gpointer out);
void ROWS (nearest_8) (const VoxelRowsSample *s, const gint64 first[3], const gint64 step[3], guint width,
                       gpointer out);
void ROWS (nearest_16) (const VoxelRowsSample *s, const gint64 first[3], const gint64 step[3], guint width,
                        gpointer out);
/* blend.c */
void ROWS (blend_8) (const guint8 *const *rows, const gfloat *weights, guint taps, guint width, gint16 *out);
void ROWS (finish_8) (const gint16 *const *rows, const gfloat *weights, guint taps, guint width, guint8 *out);
/* warp.c */
void ROWS (read_8) (const VoxelRowsPlaces *places, const VoxelRowsKernel *kernel, guint width, guint8 *out);
void ROWS (read_16) (const VoxelRowsPlaces *places, const VoxelRowsKernel *kernel, guint width, guint16 *out);
void ROWS (read_nearest_8) (const VoxelRowsPlaces *places, guint width, guint8 *out);
void ROWS (move) (const gfloat *rows, gsize stride, const gfloat weights[4], const gint32 *positions,
                  guint width, gint32 *out);
/* rescale.c */
void ROWS (sum_8) (const guint8 *const *rows, const gfloat *weights, guint n, guint width, gfloat *out);
void ROWS (sum_16) (const guint16 *const *rows, const gfloat *weights, guint n, guint width, gfloat *out);
void ROWS (sum_to_8) (const gfloat *const *rows, const gfloat *weights, guint n, guint width, guint8 *out);
void ROWS (sum_to_16) (const gfloat *const *rows, const gfloat *weights, guint n, guint width, guint16 *out);
void ROWS (sum_to_mask) (const gfloat *const *rows, const gfloat *weights, guint n, guint width, guint8 *out);
void ROWS (resample) (const gfloat *row, const gint *first, const gfloat *weights, guint n, guint width,
                      gfloat *out);
