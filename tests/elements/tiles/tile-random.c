/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/tiles/tile-random.h"

#include <string.h>

static guint8 *
make_label (VoxelRandom *random, gsize stride, guint height, gdouble share)
{
  guint8 *label = g_malloc (stride * height);

  for (gsize i = 0; i < stride * height; i++)
    label[i] = voxel_random_uniform (random, 0., 1.) < share ? 255
               : voxel_random_uniform (random, 0., 1.) < .5  ? 128
                                                             : 0;
  return label;
}

/* Against a list of all vessel pixels; rows long enough for every sum of bytes to be full once. */
static void
check_vessels (guint width, guint height, gsize stride, gdouble share)
{
  VoxelRandom random;
  g_autofree guint8 *label = NULL;
  g_autoptr (VoxelTileVessels) vessels = NULL;
  guint64 index = 0;

  voxel_random_init (&random, width, 1, 0);
  label = make_label (&random, stride, height, share);
  vessels = voxel_tile_vessels_new (label, stride, width, height);
  for (guint y = 0; y < height; y++) {
    for (guint x = 0; x < width; x++) {
      guint at_x, at_y;

      if (label[y * stride + x] != 255)
        continue;
      g_assert_cmpuint (index, <, voxel_tile_vessels_get_count (vessels));
      voxel_tile_vessels_get (vessels, index++, &at_x, &at_y);
      g_assert_cmpuint (at_x, ==, x);
      g_assert_cmpuint (at_y, ==, y);
    }
  }
  g_assert_cmpuint (index, ==, voxel_tile_vessels_get_count (vessels));
}

static void
test_vessels (void)
{
  check_vessels (1, 1, 1, 1.);
  check_vessels (7, 9, 7, .3);
  check_vessels (8, 5, 11, 0.);
  check_vessels (61, 40, 64, .01);
  check_vessels (16, 3, 16, 1.);
  check_vessels (8 * 255 + 3, 2, 8 * 255 + 3, 1.);
  check_vessels (3 * 8 * 255 + 11, 2, 3 * 8 * 255 + 20, .9);
}

/* Counts of a fair choice among @n: within five standard deviations. */
static void
assert_fair (const guint *counts, guint n, guint draws)
{
  gdouble expected = (gdouble) draws / n;

  for (guint i = 0; i < n; i++) {
    gdouble off = counts[i] - expected;

    if (off * off > 25. * expected)
      g_error ("%u of %u draws chose %u of %u", counts[i], draws, i, n);
  }
}

static void
test_anywhere (void)
{
  enum { COLUMNS = 7, ROWS = 5, SIZE = 40, DRAWS = 35000 };
  guint counts[COLUMNS * ROWS] = {0};

  for (guint i = 0; i < DRAWS; i++) {
    VoxelRandom random;
    guint x, y;

    voxel_random_init (&random, i, 7, 0);
    voxel_tile_random_place (&random, SIZE + COLUMNS - 1, SIZE + ROWS - 1, SIZE, NULL, 1., &x, &y);
    g_assert_cmpuint (x, <, COLUMNS);
    g_assert_cmpuint (y, <, ROWS);
    counts[y * COLUMNS + x]++;
  }
  assert_fair (counts, COLUMNS * ROWS, DRAWS);
}

/* One vessel pixel: each place at which a tile holds it is as likely as the others; near a corner there are fewer. */
static void
check_one_pixel (guint at_x, guint at_y, guint first_x, guint columns, guint first_y, guint rows)
{
  enum { WIDTH = 30, HEIGHT = 24, SIZE = 8, EACH = 400 };
  guint8 label[WIDTH * HEIGHT] = {0};
  g_autoptr (VoxelTileVessels) vessels = NULL;
  g_autofree guint *counts = g_new0 (guint, columns * rows);

  label[at_y * WIDTH + at_x] = 255;
  vessels = voxel_tile_vessels_new (label, WIDTH, WIDTH, HEIGHT);
  for (guint i = 0; i < EACH * columns * rows; i++) {
    VoxelRandom random;
    guint x, y;

    voxel_random_init (&random, i, 7, 0);
    voxel_tile_random_place (&random, WIDTH, HEIGHT, SIZE, vessels, 1., &x, &y);
    g_assert_true (x >= first_x && x < first_x + columns);
    g_assert_true (y >= first_y && y < first_y + rows);
    counts[(y - first_y) * columns + x - first_x]++;
  }
  assert_fair (counts, columns * rows, EACH * columns * rows);
}

static void
test_around_a_pixel (void)
{
  check_one_pixel (15, 12, 8, 8, 5, 8);
  check_one_pixel (0, 0, 0, 1, 0, 1);
  check_one_pixel (2, 23, 0, 3, 16, 1);
  check_one_pixel (29, 22, 22, 1, 15, 2);
}

static gboolean
holds_vessel (const guint8 *label, guint width, guint height, guint x, guint y, guint size)
{
  for (guint j = y; j < MIN (y + size, height); j++) {
    if (memchr (label + j * width + x, 255, MIN (x + size, width) - x))
      return TRUE;
  }
  return FALSE;
}

/* A corner of the slice is vessel, which hardly any tile meets by chance. */
static void
test_share (void)
{
  enum { SIDE = 200, SIZE = 16, DRAWS = 4000 };
  static const gdouble shares[] = {0., .25, 1.};
  g_autofree guint8 *label = g_malloc0 (SIDE * SIDE);
  g_autoptr (VoxelTileVessels) vessels = NULL;

  memset (label, 128, SIDE * SIDE);
  label[0] = label[SIDE + 1] = 255;
  vessels = voxel_tile_vessels_new (label, SIDE, SIDE, SIDE);
  for (guint s = 0; s < G_N_ELEMENTS (shares); s++) {
    guint held = 0;

    for (guint i = 0; i < DRAWS; i++) {
      VoxelRandom random;
      guint x, y;

      voxel_random_init (&random, i, 3, 0);
      voxel_tile_random_place (&random, SIDE, SIDE, SIZE, vessels, shares[s], &x, &y);
      held += holds_vessel (label, SIDE, SIDE, x, y, SIZE);
    }
    g_assert_cmpfloat (ABS (held - DRAWS * shares[s]), <=, 140.);
    if (shares[s] == 1.)
      g_assert_cmpuint (held, ==, DRAWS);
  }
}

/* A side shorter than the tile leaves no choice. */
static void
test_short (void)
{
  static const guint8 label[5 * 40] = {[3 * 5 + 4] = 255};
  g_autoptr (VoxelTileVessels) vessels = voxel_tile_vessels_new (label, 5, 5, 40);

  for (guint i = 0; i < 200; i++) {
    VoxelRandom random;
    guint x, y;

    voxel_random_init (&random, i, 3, 0);
    voxel_tile_random_place (&random, 5, 40, 16, vessels, .5, &x, &y);
    g_assert_cmpuint (x, ==, 0);
    g_assert_cmpuint (y, <=, 24);
    voxel_tile_random_place (&random, 5, 40, 16, vessels, 1., &x, &y);
    g_assert_cmpuint (x, ==, 0);
    g_assert_cmpuint (y, <=, 3);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tile-random/vessels", test_vessels);
  g_test_add_func ("/tile-random/anywhere", test_anywhere);
  g_test_add_func ("/tile-random/around-a-pixel", test_around_a_pixel);
  g_test_add_func ("/tile-random/share", test_share);
  g_test_add_func ("/tile-random/short", test_short);
  return g_test_run ();
}
