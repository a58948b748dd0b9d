/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Surface dice at tolerance 0 (Nikolov et al., "Deep learning to achieve clinically applicable segmentation
 * of head and neck anatomy for radiotherapy", arXiv 1809.04430), as DeepMind's surface-distance computes it:
 * the voxels' corners are cubes of 2x2x2 voxels, outside of the volume there is nothing, a surface goes
 * through every cube that is neither empty nor full, and a surface element is matched where the other mask's
 * surface goes through the same cube.
 *
 * Cubes are only counted by their code as the slices pass. Areas come in at the end, so that sums do not
 * depend on the order and any spacing costs nothing. */

#include "surface-dice.h"

#include "mask-bits.h"
#include "surface-dice-areas.h"

#include <math.h>
#include <string.h>

#define N_CORNERS 8

typedef struct {
  guint64 all[VOXEL_SURFACE_CODES];
  guint64 matched[VOXEL_SURFACE_CODES];
} Counts;

struct _VoxelSurfaceDice {
  gsize height;
  gsize words;
  guint64 *before[2]; /* the last slice of truth and prediction */
  guint64 *nothing;   /* an empty slice, and rows outside of slices */
  Counts counts[2];
};

/* The corners of 64 cubes side by side: bit i belongs to the cube whose right voxels are column i. */
typedef struct {
  guint64 corner[N_CORNERS];
  guint64 border;
} Cubes;

static inline void
load_row (const guint64 *row, gsize word, guint64 *left, guint64 *right)
{
  *right = row[word];
  *left = row[word] << 1 | (word ? row[word - 1] >> 63 : 0);
}

/* Rows in the order of their corners: (z,y), (z,y+1), (z+1,y), (z+1,y+1). */
static inline void
load_cubes (const guint64 *const rows[4], gsize word, Cubes *cubes)
{
  guint64 any = 0, every = G_MAXUINT64;

  for (guint i = 0; i < 4; i++) {
    guint64 left, right;

    load_row (rows[i], word, &left, &right);
    cubes->corner[2 * i] = left;
    cubes->corner[2 * i + 1] = right;
    any |= left | right;
    every &= left & right;
  }
  cubes->border = any & ~every;
}

/* Turns a matrix of 8x8 bits about its diagonal (Warren, Hacker's Delight, 7-3). */
static inline guint64
transpose (guint64 x)
{
  guint64 swap = (x ^ (x >> 7)) & G_GUINT64_CONSTANT (0x00aa00aa00aa00aa);

  x ^= swap ^ (swap << 7);
  swap = (x ^ (x >> 14)) & G_GUINT64_CONSTANT (0x0000cccc0000cccc);
  x ^= swap ^ (swap << 14);
  swap = (x ^ (x >> 28)) & G_GUINT64_CONSTANT (0x00000000f0f0f0f0);
  return x ^ swap ^ (swap << 28);
}

static void
count_cubes (const Cubes *cubes, guint64 other_border, Counts *counts)
{
  for (guint64 left = cubes->border; left;) {
    guint eighth = (guint) __builtin_ctzll (left) / 8 * 8;
    guint64 codes = 0;

    /* The first corner becomes the highest bit of each code. */
    for (guint i = 0; i < N_CORNERS; i++)
      codes = codes << 8 | (cubes->corner[i] >> eighth & 0xff);
    codes = transpose (codes);
    for (guint here = left >> eighth & 0xff; here; here &= here - 1) {
      guint column = (guint) __builtin_ctz (here);
      guint code = codes >> (8 * column) & 0xff;

      counts->all[code]++;
      counts->matched[code] += other_border >> (eighth + column) & 1;
    }
    left &= ~(G_GUINT64_CONSTANT (0xff) << eighth);
  }
}

static void
count_rows (VoxelSurfaceDice *self, const guint64 *const rows[2][4])
{
  for (gsize word = 0; word < self->words; word++) {
    Cubes truth, prediction;

    load_cubes (rows[0], word, &truth);
    load_cubes (rows[1], word, &prediction);
    if (truth.border)
      count_cubes (&truth, prediction.border, &self->counts[0]);
    if (prediction.border)
      count_cubes (&prediction, truth.border, &self->counts[1]);
  }
}

/**
 * voxel_surface_dice_new:
 * @height: rows of a slice
 * @width: columns of a slice
 *
 * Returns: (transfer full): a measurement that no slice has gone into
 */
VoxelSurfaceDice *
voxel_surface_dice_new (gsize height, gsize width)
{
  VoxelSurfaceDice *self = g_new0 (VoxelSurfaceDice, 1);

  self->height = height;
  self->words = voxel_mask_bits_words (width);
  self->nothing = g_new0 (guint64, self->words);
  for (guint i = 0; i < 2; i++)
    self->before[i] = g_new0 (guint64, height * self->words);
  return self;
}

static void
count_slice (VoxelSurfaceDice *self, const guint64 *const slices[2])
{
  for (gsize y = 0; y <= self->height; y++) {
    const guint64 *rows[2][4];

    for (guint i = 0; i < 2; i++) {
      rows[i][0] = y > 0 ? self->before[i] + (y - 1) * self->words : self->nothing;
      rows[i][1] = y < self->height ? self->before[i] + y * self->words : self->nothing;
      rows[i][2] = y > 0 && slices[i] ? slices[i] + (y - 1) * self->words : self->nothing;
      rows[i][3] = y < self->height && slices[i] ? slices[i] + y * self->words : self->nothing;
    }
    count_rows (self, (const guint64 *const(*)[4]) rows);
  }
}

/**
 * voxel_surface_dice_add:
 * @self: a measurement
 * @truth: the next slice: height rows of voxel_mask_bits_words (width) words (see mask-bits.h)
 * @prediction: likewise
 */
void
voxel_surface_dice_add (VoxelSurfaceDice *self, const guint64 *truth, const guint64 *prediction)
{
  const guint64 *const slices[2] = {truth, prediction};

  count_slice (self, slices);
  for (guint i = 0; i < 2; i++)
    memcpy (self->before[i], slices[i], self->height * self->words * sizeof (guint64));
}

static void
sum_areas (const Counts *counts, const gdouble areas[VOXEL_SURFACE_CODES], gdouble *all, gdouble *matched)
{
  *all = *matched = 0;
  for (guint code = 0; code < VOXEL_SURFACE_CODES; code++) {
    *all += (gdouble) counts->all[code] * areas[code];
    *matched += (gdouble) counts->matched[code] * areas[code];
  }
}

/**
 * voxel_surface_dice_finish:
 * @self: a measurement that all slices have gone into; ready for the next volume afterwards
 * @spacing: distance of voxels along z, y, x
 * @result: (out): what came out
 */
void
voxel_surface_dice_finish (VoxelSurfaceDice *self, const gdouble spacing[3], VoxelSurfaceDiceResult *result)
{
  static const guint64 *const behind[2] = {NULL, NULL};
  gdouble areas[VOXEL_SURFACE_CODES];

  count_slice (self, behind);
  voxel_surface_dice_areas (spacing, areas);
  sum_areas (&self->counts[0], areas, &result->truth_area, &result->matched_truth_area);
  sum_areas (&self->counts[1], areas, &result->prediction_area, &result->matched_prediction_area);
  result->dice = NAN;
  if (result->truth_area + result->prediction_area > 0)
    result->dice = (result->matched_truth_area + result->matched_prediction_area) /
                   (result->truth_area + result->prediction_area);
  memset (self->counts, 0, sizeof self->counts);
  for (guint i = 0; i < 2; i++)
    memset (self->before[i], 0, self->height * self->words * sizeof (guint64));
}

/**
 * voxel_surface_dice_free:
 * @self: (transfer full): a measurement
 */
void
voxel_surface_dice_free (VoxelSurfaceDice *self)
{
  for (guint i = 0; i < 2; i++)
    g_free (self->before[i]);
  g_free (self->nothing);
  g_free (self);
}
