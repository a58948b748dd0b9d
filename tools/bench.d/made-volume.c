/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "made-volume.h"

#include <string.h>

/* Blobs repeat after so many voxels, so that their making takes no time. */
#define PERIOD_3D 128
#define PERIOD_2D 512
#define SHARE .05
#define BLURS 3

/* splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014). */
static inline guint64
next_random (guint64 *state)
{
  guint64 x = *state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  x = (x ^ (x >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return x ^ (x >> 31);
}

/* A box of 2 radius + 1 along one axis, around the end. */
static void
blur_line (gfloat *values, gsize n, gsize step, gsize radius)
{
  g_autofree gfloat *line = g_new (gfloat, n);
  gdouble sum = 0;

  for (gsize i = 0; i < n; i++)
    line[i] = values[i * step];
  for (gsize i = 0; i < 2 * radius + 1; i++)
    sum += line[(i + n - radius % n) % n];
  for (gsize i = 0; i < n; i++) {
    values[i * step] = (gfloat) sum;
    sum += line[(i + radius + 1) % n] - line[(i + n - radius % n) % n];
  }
}

static void
blur (gfloat *values, const gsize shape[3], gsize radius)
{
  for (gsize z = 0; z < shape[0]; z++)
    for (gsize y = 0; y < shape[1]; y++)
      blur_line (values + (z * shape[1] + y) * shape[2], shape[2], 1, radius);
  for (gsize z = 0; z < shape[0]; z++)
    for (gsize x = 0; x < shape[2]; x++)
      blur_line (values + z * shape[1] * shape[2] + x, shape[1], shape[2], radius);
  for (gsize y = 0; shape[0] > 1 && y < shape[1]; y++)
    for (gsize x = 0; x < shape[2]; x++)
      blur_line (values + y * shape[2] + x, shape[0], shape[1] * shape[2], radius);
}

static int
compare (const void *a, const void *b)
{
  gfloat x = *(const gfloat *) a, y = *(const gfloat *) b;

  return (x > y) - (x < y);
}

static gfloat
quantile (const gfloat *values, gsize n, gdouble share)
{
  g_autofree gfloat *sorted = g_memdup2 (values, n * sizeof *values);

  qsort (sorted, n, sizeof *sorted, compare);
  return sorted[(gsize) ((gdouble) (n - 1) * share)];
}

/**
 * voxel_made_mask:
 * @shape: z, y, x
 * @seed: of the noise
 *
 * The twentieth part of smooth noise (three boxes, nearly a Gaussian of 3 voxels) that is highest: blobs of
 * some voxels, as vessels are in a slice.
 *
 * Returns: (transfer full): a byte a voxel, 0 or 255
 */
guint8 *
voxel_made_mask (const gsize shape[3], guint64 seed)
{
  static const gsize radii[BLURS] = {2, 3, 3};
  gsize period = shape[0] > 1 ? PERIOD_3D : PERIOD_2D;
  gsize tile[3] = {MIN (shape[0], period), MIN (shape[1], period), MIN (shape[2], period)};
  gsize n = tile[0] * tile[1] * tile[2];
  g_autofree gfloat *noise = g_new (gfloat, n);
  guint8 *mask = g_malloc (shape[0] * shape[1] * shape[2]);
  gfloat least;

  for (gsize i = 0; i < n; i++)
    noise[i] = (gfloat) (next_random (&seed) >> 40) * 0x1p-24f;
  for (guint i = 0; i < BLURS; i++)
    blur (noise, tile, radii[i]);
  least = quantile (noise, n, 1 - SHARE);
  for (gsize z = 0; z < shape[0]; z++) {
    for (gsize y = 0; y < shape[1]; y++) {
      const gfloat *row = noise + (z % tile[0] * tile[1] + y % tile[1]) * tile[2];
      guint8 *to = mask + (z * shape[1] + y) * shape[2];

      for (gsize x = 0; x < shape[2]; x++)
        to[x] = row[x % tile[2]] > least ? 255 : 0;
    }
  }
  return mask;
}

/**
 * voxel_made_slice:
 * @mask: of the volume, see voxel_made_mask()
 * @z: which slice
 * @shape: z, y, x
 * @seed: of the noise, the same for all slices
 * @pixels: (out): 20000, noise of four dice about it, twice that where the mask is set; in host order
 */
void
voxel_made_slice (const guint8 *mask, gsize z, const gsize shape[3], guint64 seed, guint16 *pixels)
{
  gsize n = shape[1] * shape[2];
  guint64 state = seed + z * G_GUINT64_CONSTANT (0x632be59bd9b4e019);

  for (gsize i = 0; i < n; i++) {
    guint64 random = next_random (&state);
    guint dice = (guint) (random & 255) + (guint) (random >> 8 & 255) + (guint) (random >> 16 & 255) +
                 (guint) (random >> 24 & 255);

    pixels[i] = (guint16) (20000 + dice + (mask[z * n + i] ? 20000 : 0));
  }
}
