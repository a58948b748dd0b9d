/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "phantom-tree.h"

#include <math.h>

#include "models/random.h"

#define MIN_RADIUS 1.5
#define MAX_RADIUS 7.0
#define MAX_BRANCHES 4000
#define MAX_TREES 100000
/* Beyond this distance from a wall nothing reads the field. */
#define MARGIN 2.0

typedef struct {
  gdouble at[3];
  gdouble along[3];
  gdouble radius;
} Branch;

typedef struct {
  gfloat *distance;
  const gsize *shape;
  gsize inside; /* voxels with distance < 0 */
  VoxelRandom random;
} Forest;

static void
normalise (gdouble v[3])
{
  gdouble length = sqrt (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);

  for (guint i = 0; i < 3; i++)
    v[i] /= MAX (length, 1e-9);
}

static void
box_of (const Forest *forest, const gdouble p[3], const gdouble q[3], gdouble reach, gsize low[3],
        gsize high[3])
{
  for (guint i = 0; i < 3; i++) {
    gdouble from = MIN (p[i], q[i]) - reach, to = MAX (p[i], q[i]) + reach + 1;

    low[i] = from > 0 ? (gsize) from : 0;
    high[i] = to > 0 ? MIN ((gsize) to + 1, forest->shape[i]) : 0;
  }
}

/* The field becomes the least of itself and the signed distance to a tube from @p to @q whose radius goes
 * from @r to @s. */
static void
carve (Forest *forest, const gdouble p[3], const gdouble q[3], gdouble r, gdouble s)
{
  gdouble d[3] = {q[0] - p[0], q[1] - p[1], q[2] - p[2]};
  gdouble square = MAX (d[0] * d[0] + d[1] * d[1] + d[2] * d[2], 1e-9);
  gsize low[3], high[3];

  box_of (forest, p, q, MAX (r, s) + MARGIN, low, high);
  for (gsize z = low[0]; z < high[0]; z++) {
    for (gsize y = low[1]; y < high[1]; y++) {
      gfloat *row = forest->distance + (z * forest->shape[1] + y) * forest->shape[2];
      gdouble dz = (gdouble) z - p[0], dy = (gdouble) y - p[1], part = dz * d[0] + dy * d[1];

      for (gsize x = low[2]; x < high[2]; x++) {
        gdouble dx = (gdouble) x - p[2], t = CLAMP ((part + dx * d[2]) / square, 0, 1);
        gdouble ez = dz - t * d[0], ey = dy - t * d[1], ex = dx - t * d[2];
        gfloat value = (gfloat) (sqrt (ez * ez + ey * ey + ex * ex) - (r + t * (s - r)));

        if (value >= row[x])
          continue;
        forest->inside += value < 0 && row[x] >= 0;
        row[x] = value;
      }
    }
  }
}

static gboolean
is_outside (const Forest *forest, const gdouble p[3])
{
  for (guint i = 0; i < 3; i++) {
    if (p[i] < -8 || p[i] > (gdouble) forest->shape[i] + 8)
      return TRUE;
  }
  return FALSE;
}

/* A winding piece of 4 to 8 tubes, each 1.5 radii long. Returns whether its end is still in the volume. */
static gboolean
extend (Forest *forest, Branch *branch)
{
  guint steps = 4 + (guint) voxel_random_uniform (&forest->random, 0, 5);

  for (guint k = 0; k < steps; k++) {
    gdouble next[3], length = MAX (2, 1.5 * branch->radius);

    for (guint i = 0; i < 3; i++)
      branch->along[i] += .18 * voxel_random_normal (&forest->random);
    normalise (branch->along);
    for (guint i = 0; i < 3; i++)
      next[i] = branch->at[i] + length * branch->along[i];
    carve (forest, branch->at, next, branch->radius, .99 * branch->radius);
    for (guint i = 0; i < 3; i++)
      branch->at[i] = next[i];
    branch->radius *= .99;
    if (is_outside (forest, next))
      return FALSE;
  }
  return TRUE;
}

/* C. D. Murray, "The physiological principle of minimum work", PNAS 12 (1926): the cube of a vessel's radius
 * is the sum of those of its two branches. The wider one turns away less. */
static void
divide (Forest *forest, const Branch *branch, GArray *open)
{
  gdouble share = voxel_random_uniform (&forest->random, .5, .85), side[3], other[3];
  const gdouble *d = branch->along;

  for (guint i = 0; i < 3; i++)
    other[i] = voxel_random_normal (&forest->random);
  side[0] = d[1] * other[2] - d[2] * other[1];
  side[1] = d[2] * other[0] - d[0] * other[2];
  side[2] = d[0] * other[1] - d[1] * other[0];
  normalise (side);
  for (guint k = 0; k < 2; k++) {
    gdouble turn = (k == 0 ? .5 : -.8) * voxel_random_uniform (&forest->random, .7, 1.3);
    Branch next = *branch;

    next.radius = branch->radius * voxel_math_cbrt (k == 0 ? share : 1 - share);
    for (guint i = 0; i < 3; i++)
      next.along[i] = d[i] + turn * side[i];
    normalise (next.along);
    if (next.radius >= MIN_RADIUS)
      g_array_append_val (open, next);
  }
}

static void
grow_tree (Forest *forest)
{
  g_autoptr (GArray) open = g_array_new (FALSE, FALSE, sizeof (Branch));
  VoxelRandom *random = &forest->random;
  guint axis = (guint) voxel_random_uniform (random, 0, 3);
  gboolean far_side = voxel_random_uniform (random, 0, 1) > .5;
  Branch root = {0};

  for (guint i = 0; i < 3; i++)
    root.at[i] = voxel_random_uniform (random, .1, .9) * (gdouble) forest->shape[i];
  root.at[axis] = far_side ? (gdouble) forest->shape[axis] - 1 : 0;
  root.along[axis] = far_side ? -1 : 1;
  root.radius = voxel_random_uniform (random, .6, 1) * MAX_RADIUS;
  g_array_append_val (open, root);
  for (guint n = 0; open->len > 0 && n < MAX_BRANCHES; n++) {
    Branch branch = g_array_index (open, Branch, open->len - 1);

    g_array_set_size (open, open->len - 1);
    if (extend (forest, &branch) && branch.radius >= 1.05 * MIN_RADIUS)
      divide (forest, &branch, open);
  }
}

/**
 * voxel_phantom_grow:
 * @distance: (inout): volume of @shape, everywhere larger than any distance to begin with
 * @shape: z, y, x
 * @share: of the volume, from 0 to below 1
 * @seed: of the random numbers
 * @stream: likewise
 *
 * Grows trees from the faces of the volume until they fill @share of it, whatever its size. Afterwards
 * @distance is the signed distance to the nearest wall, negative inside, right where it is below 2.
 */
void
voxel_phantom_grow (gfloat *distance, const gsize shape[3], gdouble share, guint64 seed, guint32 stream)
{
  Forest forest = {.distance = distance, .shape = shape};
  gdouble wanted = share * (gdouble) (shape[0] * shape[1] * shape[2]);

  voxel_random_init (&forest.random, seed, stream, 0);
  for (guint n = 0; n < MAX_TREES && (gdouble) forest.inside < wanted; n++)
    grow_tree (&forest);
}
