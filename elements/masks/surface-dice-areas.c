/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How much surface lies in a cube between eight voxels, by which of them are set.
 *
 * The surface is that of marching cubes (Lorensen and Cline, SIGGRAPH 1987): polygons through the midpoints
 * of the edges that lead from a voxel that is set to one that is not. Where a face's set voxels lie across
 * from each other they are kept apart; a cube with more than four set voxels is treated as its complement.
 * A polygon that is not flat has several triangulations: the one of the largest area at spacing 1 is taken.
 * So defined, areas are those of DeepMind's surface-distance, whose scores are to be reproduced. */

#include "surface-dice-areas.h"

#include <math.h>
#include <string.h>

#define N_CORNERS 8
#define N_EDGES 12
#define POLYGON_MAX 7
/* Areas that differ by less are the same up to rounding. */
#define SAME 1e-9

typedef struct {
  gdouble at[3];
} Point;

typedef struct {
  guint set, clear; /* corners: 4 z + 2 y + x */
  guint n_next;
  guint next[2]; /* the edges that the surface's outline goes on to across the two faces of this one */
  gboolean seen;
} Edge;

/* The area at spacing 1, by which triangulations are chosen, and the one asked for. */
typedef struct {
  gdouble plain;
  gdouble scaled;
} Area;

/* Corner (0,0,0) is the code's highest bit, (1,1,1) its lowest. */
static gboolean
is_set (guint code, guint corner)
{
  return code >> (N_CORNERS - 1 - corner) & 1;
}

static guint
find_edges (guint code, Edge edges[N_EDGES])
{
  guint n = 0;

  for (guint axis = 0; axis < 3; axis++) {
    for (guint from = 0; from < N_CORNERS; from++) {
      guint to = from | 1u << axis;

      if (to == from || is_set (code, from) == is_set (code, to))
        continue;
      edges[n++] = is_set (code, from) ? (Edge){from, to} : (Edge){to, from};
    }
  }
  return n;
}

static gboolean
share_face (const Edge *a, const Edge *b)
{
  guint all = a->set & a->clear & b->set & b->clear, any = a->set | a->clear | b->set | b->clear;

  return all != 0 || any != N_CORNERS - 1;
}

/* Whether the outline goes from one cut edge to the other across the face that both share. */
static gboolean
are_joined (guint code, const Edge *a, const Edge *b)
{
  if (!share_face (a, b))
    return FALSE;
  if (a->set == b->set)
    return TRUE;
  /* Around a clear corner, unless the one across the face is clear too: then each set one has its own line.
   */
  if (a->clear == b->clear)
    return is_set (code, a->set ^ b->set ^ a->clear);
  /* Opposite edges of the face, with their set corners side by side. */
  return __builtin_popcount (a->set ^ b->set) == 1;
}

static void
join_edges (guint code, Edge edges[N_EDGES], guint n)
{
  for (guint i = 0; i < n; i++) {
    for (guint k = 0; k < n; k++) {
      if (k != i && are_joined (code, &edges[i], &edges[k])) {
        g_assert (edges[i].n_next < 2);
        edges[i].next[edges[i].n_next++] = k;
      }
    }
    g_assert (edges[i].n_next == 2);
  }
}

static Point
midpoint (const Edge *edge)
{
  Point point;

  for (guint axis = 0; axis < 3; axis++)
    point.at[axis] = ((edge->set >> (2 - axis) & 1) + (edge->clear >> (2 - axis) & 1)) / 2.;
  return point;
}

static guint
follow (Edge edges[N_EDGES], guint first, Point polygon[POLYGON_MAX])
{
  guint n = 0, at = first;

  while (!edges[at].seen) {
    g_assert (n < POLYGON_MAX);
    edges[at].seen = TRUE;
    polygon[n++] = midpoint (&edges[at]);
    at = edges[edges[at].next[0]].seen ? edges[at].next[1] : edges[at].next[0];
  }
  return n;
}

static Area
triangle (const Point *a, const Point *b, const Point *c, const gdouble spacing[3])
{
  Area area = {0, 0};

  for (guint i = 0; i < 3; i++) {
    guint j = (i + 1) % 3, k = (i + 2) % 3;
    gdouble normal =
        (b->at[j] - a->at[j]) * (c->at[k] - a->at[k]) - (b->at[k] - a->at[k]) * (c->at[j] - a->at[j]);

    area.plain += normal * normal;
    normal *= spacing[j] * spacing[k];
    area.scaled += normal * normal;
  }
  return (Area){sqrt (area.plain) / 2, sqrt (area.scaled) / 2};
}

/* The triangle on the edge from the first point to the last may have any other point as its third; what is
 * left on both sides of it is treated alike. */
static Area
triangulate (const Point *points, guint n, const gdouble spacing[3])
{
  Area best = {0, 0};

  for (guint k = 1; k + 1 < n; k++) {
    Area area = triangle (&points[0], &points[k], &points[n - 1], spacing);
    Area before = triangulate (points, k + 1, spacing), behind = triangulate (points + k, n - k, spacing);

    area.plain += before.plain + behind.plain;
    area.scaled += before.scaled + behind.scaled;
    if (area.plain > best.plain + SAME)
      best = area;
  }
  return best;
}

static gdouble
measure (guint code, const gdouble spacing[3])
{
  Edge edges[N_EDGES];
  guint n = find_edges (code, edges);
  gdouble area = 0;

  join_edges (code, edges, n);
  for (guint i = 0; i < n; i++) {
    Point polygon[POLYGON_MAX];
    guint points = follow (edges, i, polygon);

    area += triangulate (polygon, points, spacing).scaled;
  }
  return area;
}

/**
 * voxel_surface_dice_areas:
 * @spacing: distance of voxels along z, y, x
 * @areas: (out): for each code its area, in the square of the spacing's unit
 *
 * The code has bit 7 for the voxel at (z,y,x) = (0,0,0) of the cube, bit 6 for (0,0,1), bit 5 for (0,1,0) and
 * so on to bit 0 for (1,1,1).
 */
void
voxel_surface_dice_areas (const gdouble spacing[3], gdouble areas[VOXEL_SURFACE_CODES])
{
  for (guint code = 0; code < VOXEL_SURFACE_CODES; code++) {
    gboolean many = __builtin_popcount (code) > N_CORNERS / 2;

    areas[code] = measure (many ? ~code & (VOXEL_SURFACE_CODES - 1) : code, spacing);
  }
}
