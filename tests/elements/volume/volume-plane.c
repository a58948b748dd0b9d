/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/volume/volume-plane.h"

#include <math.h>

#define DRAWS 4000

static gdouble
product (const gdouble a[3], const gdouble b[3])
{
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void
cross (const gdouble a[3], const gdouble b[3], gdouble out[3])
{
  for (guint i = 0; i < 3; i++)
    out[i] = a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3];
}

static void
test_perpendicular (void)
{
  const guint shape[3] = {300, 20, 1};
  VoxelRandom random;

  voxel_random_init (&random, 3, 0, 0);
  for (guint n = 0; n < DRAWS; n++) {
    gdouble plane[3][3];

    voxel_volume_plane_draw (&random, shape, 100, 80, plane);
    g_assert_cmpfloat_with_epsilon (product (plane[1], plane[1]), 1, 1e-12);
    g_assert_cmpfloat_with_epsilon (product (plane[2], plane[2]), 1, 1e-12);
    g_assert_cmpfloat_with_epsilon (product (plane[1], plane[2]), 0, 1e-12);
  }
}

/* Each of the three directions is uniform on the sphere: each of its coordinates then is uniform from -1 to 1
 * (Archimedes), has the variance 1/3 and is not correlated with the others. */
static void
test_uniform (void)
{
  const guint shape[3] = {300, 300, 300};
  guint bins[9][20] = {{0}};
  gdouble products[9][9] = {{0}};
  VoxelRandom random;

  voxel_random_init (&random, 5, 0, 0);
  for (guint n = 0; n < DRAWS; n++) {
    gdouble plane[3][3], all[9];

    voxel_volume_plane_draw (&random, shape, 100, 80, plane);
    for (guint i = 0; i < 3; i++) {
      all[i] = plane[1][i];
      all[3 + i] = plane[2][i];
    }
    cross (plane[1], plane[2], all + 6);
    for (guint i = 0; i < 9; i++) {
      bins[i][MIN ((guint) ((all[i] + 1) * 10), 19)]++;
      for (guint k = 0; k < 9; k++)
        products[i][k] += all[i] * all[k] / DRAWS;
    }
  }
  for (guint i = 0; i < 9; i++) {
    gdouble chi = 0;

    for (guint b = 0; b < 20; b++)
      chi += pow (bins[i][b] - DRAWS / 20., 2) / (DRAWS / 20.);
    /* 19 degrees of freedom: 43.8 is exceeded once in a thousand times. */
    g_assert_cmpfloat (chi, <, 43.8);
    for (guint k = 0; k < 9; k++)
      g_assert_cmpfloat (fabs (products[i][k] - (i == k ? 1 / 3. : 0)), <, 4 / sqrt (DRAWS) / 3);
  }
}

typedef struct {
  guint shape[3];
  guint width;
  guint height;
  gdouble share;
} Case;

static gdouble
find_share (const guint shape[3], guint width, guint height, const gdouble plane[3][3])
{
  guint inside = 0, all = 0;

  for (guint row = 0; row < height; row += 4) {
    for (guint column = 0; column < width; column += 4, all++) {
      gboolean in = TRUE;

      for (guint i = 0; i < 3; i++) {
        gdouble at = plane[0][i] + row * plane[1][i] + column * plane[2][i];

        in = in && at >= -.5 && at < shape[i] - .5;
      }
      inside += in;
    }
  }
  return (gdouble) inside / all;
}

/* A picture that finds room lies inside, one that is as large as the volume mostly; of one that is much larger than a
 * stack is thick, a band. */
static void
test_inside (gconstpointer data)
{
  const Case *c = data;
  gdouble least = 1, mean = 0;
  VoxelRandom random;

  voxel_random_init (&random, 7, 0, 0);
  for (guint n = 0; n < 300; n++) {
    gdouble plane[3][3], share;

    voxel_volume_plane_draw (&random, c->shape, c->width, c->height, plane);
    for (guint i = 0; i < 3; i++) {
      gdouble centre = plane[0][i] + plane[1][i] * (c->height - 1) / 2 + plane[2][i] * (c->width - 1) / 2;

      g_assert_cmpfloat (centre, >=, -1e-9);
      g_assert_cmpfloat (centre, <=, c->shape[i] - 1 + 1e-9);
    }
    share = find_share (c->shape, c->width, c->height, plane);
    least = MIN (least, share);
    mean += share / 300;
  }
  g_assert_cmpfloat (mean, >, c->share);
  g_assert_cmpfloat (least, >, c->share == .999 ? .999 : 0);
}

/* Where the picture can be anywhere, it is: no place of the centre is left out. */
static void
test_places (void)
{
  const guint shape[3] = {200, 100, 50};
  guint bins[3][5] = {{0}};
  VoxelRandom random;

  voxel_random_init (&random, 9, 0, 0);
  for (guint n = 0; n < DRAWS; n++) {
    gdouble plane[3][3];

    voxel_volume_plane_draw (&random, shape, 1, 1, plane);
    for (guint i = 0; i < 3; i++)
      bins[i][MIN ((guint) (plane[0][i] / (shape[i] - 1) * 5), 4)]++;
  }
  for (guint i = 0; i < 3; i++) {
    for (guint b = 0; b < 5; b++)
      g_assert_cmpfloat (fabs (bins[i][b] - DRAWS / 5.), <, 4 * sqrt (DRAWS * .2 * .8));
  }
}

/* Planes are named by their seed alone: this one is the same on all machines. */
static void
test_same (void)
{
  const guint shape[3] = {300, 310, 320};
  const gdouble expected[3][3] = {{0x1.a9086ef49bd08p+6, 0x1.b6bd8001f234cp+7, 0x1.51eca6f2562b9p+7},
                                  {0x1.d133c9f84370cp-1, -0x1.26407108c1298p-2, 0x1.3662b4918a002p-2},
                                  {-0x1.7536dfce2a26dp-2, -0x1.ccc2f93689c7fp-1, 0x1.ea3b86fa4a7p-3}};
  gdouble plane[3][3], again[3][3];
  VoxelRandom random;

  voxel_random_init (&random, 11, 1, 0);
  voxel_volume_plane_draw (&random, shape, 128, 100, plane);
  voxel_random_init (&random, 11, 1, 0);
  voxel_volume_plane_draw (&random, shape, 128, 100, again);
  g_assert_cmpmem (plane, sizeof plane, again, sizeof again);
  g_assert_cmpmem (plane, sizeof plane, expected, sizeof expected);
  voxel_volume_plane_draw (&random, shape, 128, 100, again);
  g_assert_true (plane[0][0] != again[0][0] && plane[1][0] != again[1][0]);
}

int
main (int argc, char **argv)
{
  static const Case cases[] = {{{512, 512, 512}, 512, 512, .85},
                               {{1024, 900, 1000}, 512, 512, .999},
                               {{200, 300, 260}, 64, 120, .999},
                               {{10, 1000, 1000}, 512, 512, .02},
                               {{1, 1000, 1000}, 512, 512, .002}};

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/volume-plane/perpendicular", test_perpendicular);
  g_test_add_func ("/volume-plane/uniform", test_uniform);
  g_test_add_func ("/volume-plane/places", test_places);
  g_test_add_func ("/volume-plane/same", test_same);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strdup_printf ("/volume-plane/inside/%u-%u-%u", cases[i].shape[0],
                                              cases[i].shape[1], cases[i].shape[2]);

    g_test_add_data_func (path, &cases[i], test_inside);
  }
  return g_test_run ();
}
