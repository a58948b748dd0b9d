/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "volume-plane.h"

#include <math.h>

/* Two numbers uniform in the unit disc. */
static gdouble
draw_in_disc (VoxelRandom *random, gdouble at[2])
{
  gdouble square;

  do {
    at[0] = voxel_random_uniform (random, -1, 1);
    at[1] = voxel_random_uniform (random, -1, 1);
    square = at[0] * at[0] + at[1] * at[1];
  } while (square >= 1);
  return square;
}

/* A point of the sphere in four dimensions: G. Marsaglia, "Choosing a point from the surface of a sphere", Annals of
 * Mathematical Statistics 43 (1972). Sines and cosines, of which it is mostly made, differ between machines. */
static void
draw_quaternion (VoxelRandom *random, gdouble q[4])
{
  gdouble first = draw_in_disc (random, q), second = draw_in_disc (random, q + 2);
  gdouble scale = sqrt ((1 - first) / second);

  q[2] *= scale;
  q[3] *= scale;
}

/* Uniform unit quaternions are uniform rotations: K. Shoemake, "Uniform random rotations", Graphics Gems III (1992).
 * The last two columns of its matrix. */
static void
draw_directions (VoxelRandom *random, gdouble row[3], gdouble column[3])
{
  gdouble q[4], w, x, y, z;

  draw_quaternion (random, q);
  w = q[0], x = q[1], y = q[2], z = q[3];
  row[0] = 2 * (x * y - w * z);
  row[1] = 1 - 2 * (x * x + z * z);
  row[2] = 2 * (y * z + w * x);
  column[0] = 2 * (x * z + w * y);
  column[1] = 2 * (y * z - w * x);
  column[2] = 1 - 2 * (x * x + y * y);
}

/**
 * voxel_volume_plane_draw:
 * @random: the place, moved on
 * @shape: voxels along z, y, x
 * @width: pixels of a row of the picture
 * @height: rows of the picture
 * @plane: (out): where the first pixel lies, the step to the next row and the step to the next column, in voxels
 * along z, y, x; voxel centres are at whole numbers
 *
 * A picture in a uniformly random direction. Both steps are one voxel long and perpendicular: where voxels are no
 * cubes the picture is as stretched as the slices are; rescale the volume first where that matters.
 *
 * The centre is uniform in the box from which the picture shows as much of the volume as it can along each axis
 * taken by itself: along an axis on which its corners find room they stay between the outermost voxels, along
 * another they lie on both sides beyond them, and the centre is never outside. In a stack that is much thinner than
 * the picture, that leaves a band of voxels through the picture, about depth / sine of its tilt wide.
 *
 * The same numbers give the same plane on all machines.
 */
void
voxel_volume_plane_draw (VoxelRandom *random, const guint shape[3], guint width, guint height,
                         gdouble plane[3][3])
{
  gdouble *first = plane[0], *row = plane[1], *column = plane[2];

  draw_directions (random, row, column);
  for (guint i = 0; i < 3; i++) {
    gdouble down = (height - 1.) / 2 * row[i], right = (width - 1.) / 2 * column[i];
    gdouble reach = fabs (down) + fabs (right), most = shape[i] - 1.;
    gdouble low = CLAMP (MIN (reach, most - reach), 0, most);

    first[i] = voxel_random_uniform (random, low, most - low) - down - right;
  }
}
