/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Elements of a row that may be read and written beyond its end by those loops that say so. */
#define VOXEL_TONE_ROWS_SLACK 64

/**
 * VoxelToneNoise:
 * @keys: of the field of noise
 * @scale: of the pixel
 * @shift: that is added to it
 * @amplitude: deviation of the noise
 *
 * pixel * @scale + @shift + noise, to the nearest, clamped.
 */
typedef struct {
  guint32 keys[2];
  gfloat scale;
  gfloat shift;
  gfloat amplitude;
} VoxelToneNoise;

/**
 * VoxelToneRows:
 * @map_8: pixel = table[pixel]
 * @power: intensity = intensity^exponent, of intensities from 0 to 1, exponents from .05 to 20, to 1e-6; 0 and 1 stay
 * @line: intensity = intensity * scale + shift, clamped to 0..1
 * @floats_16: pixel * scale
 * @pixels_16: float * scale to the nearest pixel; the product is from 0 to 65535
 * @widen_8: pixels of 8 bits to 16: pixel << shift
 * @narrow_8: and back, to the nearest
 * @mean_8: of at most 15 rows of pixels of 8 bits that are 16 wide, halves up; rows have slack
 * @weigh_8: sums over i of (before[i][x] + behind[i][x]) * weights[i] / 65536, where the sum of @weights is 32768 and
 *   elements are at most 32767; err by less than n / 2; rows have slack
 * @weigh_16: likewise of floats, and no division
 * @noise_8: adds noise to a row; @position is the number of its first pixel in the field
 * @noise_16: likewise
 *
 * What augmentation does to intensities, a row at a time. Pixels of 16 bits are little-endian. The same to the bit on
 * all instruction sets.
 */
typedef struct {
  void (*map_8) (const guint8 *table, guint8 *row, guint width);
  void (*power) (gfloat *intensities, guint n, gfloat exponent);
  void (*line) (gfloat *intensities, guint n, gfloat scale, gfloat shift);
  void (*floats_16) (const guint16 *row, guint width, gfloat scale, gfloat *out);
  void (*pixels_16) (const gfloat *row, guint width, gfloat scale, guint16 *out);
  void (*widen_8) (const guint8 *row, guint width, guint shift, guint16 *out);
  void (*narrow_8) (const guint16 *row, guint width, guint shift, guint8 *out);
  void (*mean_8) (const guint16 *const *rows, guint n, guint width, guint8 *out);
  void (*weigh_8) (const guint16 *const *before, const guint16 *const *behind, const guint16 *weights,
                   guint n, guint width, guint16 *out);
  void (*weigh_16) (const gfloat *const *before, const gfloat *const *behind, const gfloat *weights, guint n,
                    guint width, gfloat *out);
  void (*noise_8) (const VoxelToneNoise *noise, guint32 position, guint8 *row, guint width);
  void (*noise_16) (const VoxelToneNoise *noise, guint32 position, guint16 *row, guint width);
} VoxelToneRows;

G_END_DECLS
