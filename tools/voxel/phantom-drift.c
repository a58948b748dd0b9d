/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "phantom-field.h"

#include <math.h>

#include "models/random.h"

/* Nodes for each correlation length: straight lines between them are then off by less than 2 % of the
 * deviation. */
#define NODES 5

struct _VoxelDrift {
  gsize nodes[3];
  gdouble step;
  gfloat *field;
};

/**
 * voxel_drift_new:
 * @shape: z, y, x
 * @length: sigma of the Gaussian that correlates the field, in voxels
 * @seed: of the random numbers
 * @stream: likewise
 *
 * Computed on a grid of @length/5 and interpolated: a filter of hundreds of taps over every voxel would give
 * the same picture.
 *
 * Returns: (transfer full): the field
 */
VoxelDrift *
voxel_drift_new (const gsize shape[3], gdouble length, guint64 seed, guint32 stream)
{
  VoxelDrift *drift = g_new0 (VoxelDrift, 1);
  gdouble mean = 0, squares = 0, deviation;
  gsize total;

  drift->step = length / NODES;
  for (guint i = 0; i < 3; i++)
    drift->nodes[i] = (gsize) ceil ((gdouble) shape[i] / drift->step) + 1;
  total = drift->nodes[0] * drift->nodes[1] * drift->nodes[2];
  drift->field = g_new (gfloat, total);
  voxel_field_noise (drift->field, drift->nodes, seed, stream, 1);
  voxel_field_blur (drift->field, drift->nodes, NODES, TRUE, 1);
  for (gsize i = 0; i < total; i++)
    mean += drift->field[i];
  mean /= (gdouble) total;
  for (gsize i = 0; i < total; i++)
    squares += (drift->field[i] - mean) * (drift->field[i] - mean);
  deviation = sqrt (squares / (gdouble) total);
  for (gsize i = 0; i < total; i++)
    drift->field[i] = (gfloat) ((drift->field[i] - mean) / deviation);
  return drift;
}

/**
 * voxel_drift_free:
 * @drift: (nullable): a field
 */
void
voxel_drift_free (VoxelDrift *drift)
{
  if (!drift)
    return;
  g_free (drift->field);
  g_free (drift);
}

/**
 * voxel_drift_row:
 * @drift: a field
 * @z: slice
 * @y: row
 * @row: (out): the field at the voxels of that row
 * @n: how many
 */
void
voxel_drift_row (const VoxelDrift *drift, gsize z, gsize y, gfloat *row, gsize n)
{
  gdouble fz = (gdouble) z / drift->step, fy = (gdouble) y / drift->step;
  gsize iz = (gsize) fz, iy = (gsize) fy, columns = drift->nodes[2], slice = drift->nodes[1] * columns;
  const gfloat *corner = drift->field + iz * slice + iy * columns;

  fz -= (gdouble) iz;
  fy -= (gdouble) iy;
  for (gsize x = 0; x < n; x++) {
    gdouble fx = (gdouble) x / drift->step, value[2];
    gsize ix = (gsize) fx;

    fx -= (gdouble) ix;
    for (gsize k = 0; k < 2; k++) {
      const gfloat *at = corner + ix + k;

      value[k] = (1 - fz) * ((1 - fy) * at[0] + fy * at[columns]) +
                 fz * ((1 - fy) * at[slice] + fy * at[slice + columns]);
    }
    row[x] = (gfloat) ((1 - fx) * value[0] + fx * value[1]);
  }
}
